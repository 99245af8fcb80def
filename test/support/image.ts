import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArguments } from '../../agent/commands/arguments.ts';
import { run } from '../../agent/commands/image.ts';
import type { Source } from '../../agent/image/install.ts';
import { elf } from './elf.ts';
import { temporaryRoot } from './temporary-root.ts';

/** A program to install in place of the built one: it needs the glibc that a test root has not. */
export function testSource(version = '0.1.0 (test)'): Source {
  const program = join(temporaryRoot(), 'lx-agent');
  const image = elf({
    interpreter: '/lib64/ld-linux-x86-64.so.2',
    requires: { 'libc.so.6': ['GLIBC_2.28'] },
  });
  writeFileSync(program, Buffer.concat([image, Buffer.from(version)]), { mode: 0o755 });
  return {
    program,
    version,
    carried: (name) => (name.startsWith('runtime/') ? Buffer.from(name) : undefined),
  };
}

/**
 * Run an image command as the command line would. `words` is what it said with each wrapped paragraph on one line.
 */
export async function imageCommand(line: readonly string[], source: Source = testSource()) {
  let stdout = '';
  let stderr = '';
  const output = (write: (text: string) => void) => ({
    write: (content: string | Uint8Array) => write(Buffer.from(content).toString()),
    isTerminal: false,
  });
  const exit = await run(
    parseArguments(['image', ...line]),
    {
      stdout: output((text) => (stdout += text)),
      stderr: output((text) => (stderr += text)),
      readInput: () => Buffer.alloc(0),
      environment: {},
    },
    source,
  );
  return { exit, stdout, stderr, words: unwrapped(stdout) };
}

/** Text with each paragraph on one line: what goes on is two columns further in than where it began. */
export function unwrapped(text: string): string {
  const paragraphs: string[] = [];
  for (const line of text.split('\n')) {
    const before = paragraphs.at(-1) ?? '';
    const indent = (words: string) => words.search(/\S|$/);
    const goesOn = line !== '' && before !== '' && indent(line) === indent(before) + 2;
    if (goesOn && !/^ *(why|remedy): /.test(line) && !/^\S.*:$/.test(before))
      paragraphs[paragraphs.length - 1] = `${before} ${line.trim()}`;
    else paragraphs.push(line);
  }
  return paragraphs.join('\n');
}
