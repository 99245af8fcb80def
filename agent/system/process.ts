import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Log } from './program-log.ts';
import { errorCode } from './root-error.ts';
import { meaningOf } from './system-error.ts';

/** A program to run, and its limits. */
export interface Program {
  readonly argv: readonly [string, ...string[]];
  /** Seconds after which its process group is ended. */
  readonly deadline: number;
  /** The file for its output, as a path outside any root. Without one, only the end of the output is kept. */
  readonly output?: string;
  /** The heading of this run's output in that file, to which the time is added. */
  readonly title?: string;
  /** Variables besides PATH, HOME and LANG; nothing is inherited from the agent. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with its process id after it has started. */
  readonly onStart?: (pid: number) => void;
}

/** How a program ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last of its output, at most 4 KiB. */
  readonly tail: string;
  /**
   * Why the agent ended it: its deadline passed, or the agent itself was told to stop (then the caller should stop
   * too, for the signal has been used up).
   */
  readonly ended?: 'deadline' | 'interrupted';
  /** Why its output is not in the file. A full disk does not stop a script. */
  readonly unlogged?: string;
}

/** Seconds between SIGTERM and SIGKILL. */
const grace = 5;
const tailLength = 4096;
const cleanEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C',
} as const;

/**
 * The one place where the agent starts a program: in its own session, with a clean environment, an empty standard input, a
 * deadline, and limited output. If the program ends by itself, what it left in the background keeps running. Throws
 * ProgramError if it cannot be started.
 */
export async function runProgram(program: Program): Promise<Ended> {
  const [command, ...args] = program.argv;
  const { log, unlogged } = openLog(program);
  try {
    const sink = log?.descriptor ?? 'pipe';
    const child = spawn(command, args, {
      cwd: program.cwd ?? '/',
      env: { ...cleanEnvironment, ...program.environment },
      stdio: ['ignore', sink, sink],
      // setsid(2): a group to signal as a whole, out of reach of a terminal's signals to the agent.
      detached: true,
    });
    const piped = keepTail(child);
    if (child.pid !== undefined) program.onStart?.(child.pid);
    const { exit, ended } = await supervised(child, program.deadline);
    await piped.drained();
    return {
      ...exit,
      tail: log?.tail(tailLength) ?? piped.tail(),
      ...(ended && { ended }),
      ...(unlogged && { unlogged }),
    };
  } catch (error) {
    throw new ProgramError(program.argv, error);
  } finally {
    log?.close();
  }
}

const meanings: Readonly<Record<string, string>> = {
  ENOENT: 'it, the interpreter that it names, or its working directory is not there',
  EACCES: 'it is not executable, or its file system is mounted noexec',
  ENOEXEC: 'it is no program of this machine, and no script with a #! line',
  E2BIG: 'its arguments and environment are too long',
};

/** A program that could not be started. */
export class ProgramError extends Error {
  constructor(argv: readonly [string, ...string[]], cause: unknown) {
    const code = errorCode(cause) ?? '';
    const interpreter = code === 'ENOENT' ? missingInterpreter(argv[0]) : undefined;
    const reason =
      interpreter ??
      meanings[code] ??
      meaningOf(code) ??
      (cause instanceof Error ? cause.message : String(cause));
    super(`cannot run ${argv[0]}: ${reason}`, { cause });
    this.name = 'ProgramError';
  }
}

/** The interpreter in the first line of a script, if that program is missing. */
function missingInterpreter(path: string): string | undefined {
  const name = /^#![ \t]*([!-~]+)/.exec(firstBytes(path))?.[1];
  if (name === undefined || existsSync(name)) return undefined;
  return `its interpreter ${name} is not there; install it, or name another in the first line`;
}

function firstBytes(path: string): string {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(256);
      return buffer.toString('latin1', 0, readSync(descriptor, buffer));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The script is read only for a better message.
    return '';
  }
}

function openLog({ output, title }: Program): { log?: Log; unlogged?: string } {
  if (output === undefined) return {};
  try {
    return { log: new Log(output, title) };
  } catch (error) {
    return { unlogged: error instanceof Error ? error.message : String(error) };
  }
}

type Exit = Pick<Ended, 'status' | 'signal'>;

/** Wait for the program, ending its group when the deadline passes or the agent is told to stop. */
async function supervised(
  child: ChildProcess,
  deadline: number,
): Promise<{ exit: Exit; ended: Ended['ended'] }> {
  let ended: Ended['ended'];
  let killer: NodeJS.Timeout | undefined;
  const end = (reason: NonNullable<Ended['ended']>, signal: NodeJS.Signals) => {
    ended ??= reason;
    signalGroup(child, signal);
    killer ??= setTimeout(() => signalGroup(child, 'SIGKILL'), grace * 1000);
  };
  const timer = setTimeout(() => end('deadline', 'SIGTERM'), deadline * 1000);
  const interrupted = (signal: NodeJS.Signals) => end('interrupted', signal);
  for (const signal of passedOn) process.on(signal, interrupted);
  try {
    const exit = await new Promise<Exit>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (status, signal) => resolve({ status, signal }));
    });
    // Processes of the group that outlived its leader are ended too.
    if (ended !== undefined) signalGroup(child, 'SIGKILL');
    return { exit, ended };
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
    for (const signal of passedOn) process.off(signal, interrupted);
  }
}

const passedOn = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // A timer calls this: the process may have ended, or may not be ours to signal.
    if (!['ESRCH', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** Collect the end of a program's output from its pipes. A program that writes to a log has no pipes. */
function keepTail(child: ChildProcess) {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  let kept = Buffer.alloc(0);
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => {
      kept = Buffer.concat([kept, chunk]).subarray(-tailLength);
    });
    // The end of the program counts; its output so far is kept.
    stream.on('error', (error) => {
      kept = Buffer.concat([
        kept,
        Buffer.from(`\n[the rest of its output cannot be read: ${error.message}]`),
      ]);
    });
  }
  const closed = Promise.all(
    streams.map((stream) => new Promise<void>((resolve) => stream.once('close', () => resolve()))),
  );
  return {
    tail: () => kept.toString('utf8'),
    /** The pipes stay open while a background process holds them. Do not wait for that. */
    async drained() {
      if (streams.length === 0) return;
      await Promise.race([closed, delay(200, undefined, { ref: false })]);
      for (const stream of streams) stream.destroy();
    },
  };
}
