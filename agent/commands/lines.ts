import { type Colour, paint, printable, type Style } from './style.ts';
import { columns, wrap } from './wrap.ts';

export type Mark = 'ok' | 'changed' | 'unchanged' | 'kept' | 'skipped' | 'listed' | 'failed';

const looks: Readonly<Record<Mark, { unicode: string; ascii: string; colour: Colour }>> = {
  ok: { unicode: '✓', ascii: '+', colour: 'green' },
  changed: { unicode: '✓', ascii: '+', colour: 'green' },
  unchanged: { unicode: '·', ascii: '.', colour: 'dim' },
  kept: { unicode: '!', ascii: '!', colour: 'yellow' },
  skipped: { unicode: '-', ascii: '-', colour: 'dim' },
  listed: { unicode: '→', ascii: '>', colour: 'cyan' },
  failed: { unicode: '✗', ascii: 'x', colour: 'red' },
};
export const nameColumn = 22;

/** Sections as text, separated by empty lines. Empty sections are left out. */
export function joined(sections: readonly (readonly string[])[]): string {
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
    .join('\n');
}

/** The symbol of a result, in its colour. */
export function markOf(mark: Mark, style: Style): string {
  const { colour, unicode, ascii } = looks[mark];
  return paint(style, colour, style.unicode ? unicode : ascii);
}

/** `  ✓ hostname              changed`: the mark, the name in its column, and the text. */
export function head(result: Mark, name: string, text: string, style: Style): string {
  const look = looks[result];
  return `  ${markOf(result, style)} ${printable(style, name).padEnd(nameColumn)} ${paint(style, look.colour, printable(style, text))}`;
}

export function detail(text: string, style: Style): string[] {
  return wrap(printable(style, text), columns - 8).map(
    (line, index) => `${index === 0 ? '      ' : '        '}${line}`,
  );
}

export function remedy(text: string, style: Style): string[] {
  return detail(`to do: ${text}`, style).map((line) => paint(style, 'cyan', line));
}

export function notice(text: string, style: Style): string[] {
  return wrap(printable(style, text), columns - 4).map((line, index) =>
    index === 0 ? `  ${paint(style, 'yellow', '!')} ${line}` : `    ${line}`,
  );
}

/** Left-aligned and right-aligned text on one line of 80 columns. Colour codes are not counted. */
export function between(left: string, right: string): string {
  if (right === '') return left;
  const room = columns - visibleLength(left) - right.length;
  return `${left}${' '.repeat(Math.max(1, room))}${right}`;
}

function visibleLength(text: string): number {
  // Most reports have no colours. The check saves compiling the pattern.
  return text.includes('\u001b') ? text.replace(/\u001b\[\d+m/g, '').length : text.length;
}
