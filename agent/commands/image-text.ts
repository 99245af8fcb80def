import type { Image } from '../image/rule.ts';
import type { Invocation } from './arguments.ts';
import type { Io } from './io.ts';
import { printable, styleFor } from './style.ts';
import { commandLines, hanging } from './wrap.ts';

/** What the image commands print for programs about the image. */
export function facts({ root, distribution, init }: Image) {
  return { root: root.path, distribution: distribution.name, init };
}

/** The image for a person. */
export function describe({ root, distribution, init }: Image): string {
  return `${root.path} (${distribution.name}, ${init})`;
}

export function printJson(io: Io, value: object): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Print lines, each broken where it is wider than a terminal; what names hold from the image cannot move the cursor. */
export function printLines(io: Io, lines: readonly string[]): void {
  const style = styleFor(io.stdout, io.environment);
  const text = lines.flatMap((line) => {
    const [, indent = '', words = ''] = /^( *)(.*)$/s.exec(line) ?? [];
    return hanging(printable(style, words), indent, `${indent}  `);
  });
  io.stdout.write(text.map((line) => `${line}\n`).join(''));
}

/** Print commands that follow one another as lines to paste. */
export function printCommands(io: Io, commands: readonly (readonly string[])[]): void {
  io.stdout.write(
    commandLines(commands, '  ')
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/** A command for images with the root, and with --only and --skip as they were given. */
export function imageCommandWords(
  verb: string,
  root: string,
  { lists }: Pick<Invocation, 'lists'>,
): readonly string[] {
  const chosen = ['only', 'skip'].flatMap((name) => {
    const names = lists.get(name) ?? [];
    return names.length === 0 ? [] : [`--${name} ${names.join(',')}`];
  });
  return ['lx-agent', 'image', verb, `--root ${shellWord(root)}`, ...chosen];
}

/** A word as a shell takes it whole. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
