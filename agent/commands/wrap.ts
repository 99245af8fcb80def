/** The width of all output. It fits a serial console and a mail. */
export const columns = 80;

/** Break a paragraph at spaces into lines of at most `width` characters. A longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').flatMap((long) => cut(long, width))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A paragraph with a hanging indent: `first` before its first line, `rest` before the others. */
export function hanging(text: string, first: string, rest: string): string[] {
  const [start = ''] = wrap(text, columns - first.length);
  const others = text.slice(start.length).trimStart();
  return [
    `${first}${start}`,
    ...(others === '' ? [] : wrap(others, columns - rest.length).map((line) => `${rest}${line}`)),
  ];
}

/**
 * A sequence of commands joined with `&&` and broken into lines with `\`, so that it can be pasted into a shell. Words
 * are never cut.
 */
export function commandLines(commands: readonly (readonly string[])[], indent: string): string[] {
  const room = columns - indent.length - ' &&'.length;
  return commands.flatMap((words, index) => {
    const lines: string[] = [];
    for (const word of words) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + 1 + word.length <= room)
        lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(last === undefined ? word : `  ${word}`);
    }
    const end = index === commands.length - 1 ? '' : ' &&';
    return lines.map((line, at) => `${indent}${line}${at === lines.length - 1 ? end : ' \\'}`);
  });
}

function cut(word: string, width: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start === 0 || start < word.length; start += width)
    pieces.push(word.slice(start, start + width));
  return pieces;
}
