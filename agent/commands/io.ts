import { fstatSync, readFileSync, writeSync } from 'node:fs';
import { errorCode, RootError } from '../system/root-error.ts';

/**
 * The input and output of a command. Every command module exports
 * `run(invocation: Invocation, io: Io): Promise<number>`, which returns the exit status. Nothing else writes to the
 * standard streams, and only agent/main.ts ends the process.
 */
export interface Io {
  /** Results, which can be piped. */
  readonly stdout: Output;
  /** Errors and progress. */
  readonly stderr: Output;
  /** All bytes of standard input. Blocks until its end. */
  readInput(): Buffer;
  readonly environment: Environment;
}

export interface Output {
  /** Writes everything before it returns. A closed pipe is not an error. */
  write(content: string | Uint8Array): void;
  readonly isTerminal: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The streams of this process, by descriptor. `process.stdout` would load Node's stream, socket and terminal modules at
 * every boot.
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
          // The pipe is non-blocking and full: wait a little and try again, as a blocking write would.
          if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
          // A failure of stderr (a console hung up, a log on a full disk) cannot be reported anywhere.
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

/** Terminals are character devices. Load node:tty only for those. */
function isTerminal(descriptor: number): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    // A closed descriptor is not a terminal.
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}
