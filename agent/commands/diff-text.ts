import { type Colour, paint, printable, type Style } from './style.ts';

/** A unified diff for a terminal: coloured if the style allows it, with control characters escaped. */
export function renderDiff(diff: string, style: Style): string {
  return diff
    .split('\n')
    .map((line) => {
      const text = line
        .split('\t')
        .map((part) => printable(style, part))
        .join('\t');
      const colour = colourOf(line);
      return colour === undefined ? text : paint(style, colour, text);
    })
    .join('\n');
}

function colourOf(line: string): Colour | undefined {
  if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('# ')) return 'bold';
  if (line.startsWith('+')) return 'green';
  if (line.startsWith('-')) return 'red';
  if (line.startsWith('@@')) return 'cyan';
  return undefined;
}
