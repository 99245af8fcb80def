import type { Environment, Io } from '../../agent/commands/io.ts';

/** Streams that keep what a command says. */
export interface CapturedIo extends Io {
  readonly said: { stdout: string; stderr: string };
}

export function capturedIo(
  options: { isTerminal?: boolean; environment?: Environment; input?: string } = {},
): CapturedIo {
  const said = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTerminal: options.isTerminal ?? false,
    write(content: string | Uint8Array) {
      said[name] += Buffer.from(content).toString('utf8');
    },
  });
  return {
    said,
    stdout: output('stdout'),
    stderr: output('stderr'),
    readInput: () => Buffer.from(options.input ?? ''),
    environment: options.environment ?? {},
  };
}
