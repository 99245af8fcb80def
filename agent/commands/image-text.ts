import type { Image } from '../image/rule.ts';
import type { Invocation } from './arguments.ts';
import type { Io } from './io.ts';
import { printable, styleFor } from './style.ts';
import { commandLines, hanging } from './wrap.ts';

/** The image's facts in the JSON output of the image commands. */
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

/** Print lines wrapped at 80 columns. Control characters in the image's file names are escaped. */
export function printLines(io: Io, lines: readonly string[]): void {
  const style = styleFor(io.stdout, io.environment);
  const text = lines.flatMap((line) => {
    const [, indent = '', words = ''] = /^( *)(.*)$/s.exec(line) ?? [];
    return hanging(printable(style, words), indent, `${indent}  `);
  });
  io.stdout.write(text.map((line) => `${line}\n`).join(''));
}

/** Print a sequence of commands as lines that can be pasted into a shell. */
export function printCommands(io: Io, commands: readonly (readonly string[])[]): void {
  io.stdout.write(
    commandLines(commands, '  ')
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/** An image command with its root, and with the given --only and --skip. */
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

/** A word quoted for a shell if it has to be. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
