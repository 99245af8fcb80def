/** The width that all output keeps to: a serial console's, and a mail's. */
export const columns = 80;

/** Break a paragraph at its spaces into lines of at most `width` characters; a word longer than that is cut. */
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

function cut(word: string, width: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start === 0 || start < word.length; start += width)
    pieces.push(word.slice(start, start + width));
  return pieces;
}
