import { fstatSync, readFileSync, writeSync } from 'node:fs';
import { errorCode, RootError } from '../system/root-error.ts';

/**
 * What a command may say and hear. Every command module exports
 * `run(invocation: Invocation, io: Io): Promise<number>`, which answers with the exit status; nothing else writes to
 * the standard streams, and only agent/main.ts ends the process.
 */
export interface Io {
  /** Results: what somebody may want to pipe. */
  readonly stdout: Output;
  /** Errors and progress. */
  readonly stderr: Output;
  /** All of standard input, bytes. Blocks until its end. */
  readInput(): Buffer;
  readonly environment: Environment;
}

export interface Output {
  /** Written at once and whole; a reader that went away is no error. */
  write(content: string | Uint8Array): void;
  readonly isTerminal: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The streams of this process, by descriptor: `process.stdout` would load the stream, socket and terminal modules
 * into every boot.
 */
export function processIo(): Io {
  return {
    stdout: descriptorOutput(1),
    stderr: descriptorOutput(2),
    readInput: () => readFileSync(0),
    environment: process.env,
  };
}

function descriptorOutput(descriptor: number): Output {
  let terminal: boolean | undefined;
  return {
    write(content) {
      let rest = typeof content === 'string' ? Buffer.from(content) : content;
      while (rest.length > 0) {
        try {
          rest = rest.subarray(writeSync(descriptor, rest));
        } catch (error) {
          const code = errorCode(error);
          // Somebody set the pipe to non-blocking and it is full: wait a little, as a blocking write would.
          if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
          // Nobody is left to tell that nothing can be said on stderr: a console that was hung up, or a log on a full disk.
          else if (code === 'EPIPE' || descriptor === 2) return;
          else throw new RootError('write', 'to standard output', code ?? String(error), error);
        }
      }
    },
    get isTerminal() {
      terminal ??= isTerminal(descriptor);
      return terminal;
    },
  };
}

/** Terminals are character devices; only then is the module that knows more worth loading. */
function isTerminal(descriptor: number): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    // A closed descriptor is no terminal.
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}
