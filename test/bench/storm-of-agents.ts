import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { errorCode } from '../../agent/system/root-error.ts';

/** How one agent of many ended. */
export interface End {
  readonly status: number | null;
  /** What it said on standard error. */
  readonly said: string;
  /** From the start of the storm to its end, and how long it waited for metadata. */
  readonly milliseconds: number;
  readonly metadata: number;
  readonly connections: number;
  /** Peak resident memory, MiB, as wait4(2) tells it: pages that it shares with the others are counted in each. */
  readonly memory: number;
}

export interface Storm {
  readonly ends: readonly End[];
  /** Milliseconds for all. */
  readonly wall: number;
  /** MiB of MemAvailable (proc(5)) that the machine had less, at most: what all of them really took. */
  readonly drop: number;
  /** MiB that were the agents' own when the late server came, not shared with one another: RssAnon of proc(5). */
  readonly own: number;
  /** How many agents were running then. */
  readonly running: number;
}

const report = v.object({
  metadata: v.object({ milliseconds: v.number(), connections: v.optional(v.number(), 0) }),
});

/**
 * The early stages of as many agents as there are roots, all started at once. `serve`, where it is given, is called when
 * they have waited for so many seconds: then `wall` and the times of the ends count from there.
 */
export async function storm(
  program: string,
  roots: readonly string[],
  socketPath: string,
  late?: { readonly seconds: number; readonly serve: () => Promise<void> },
): Promise<Storm> {
  const before = available();
  let least = before;
  const watch = setInterval(() => {
    least = Math.min(least, available());
  }, 50);
  let held: readonly number[] = [];
  let started = performance.now();
  const ended = roots.map((root) =>
    end(program, ['run', '--stage', 'early', '--json', '--root', root, '--socket', socketPath]),
  );
  if (late !== undefined) {
    await sleep(late.seconds * 1000);
    held = ownMemory(program);
    started = performance.now();
    await late.serve();
  }
  const ends = (await Promise.all(ended)).map(({ at, ...one }) => ({ ...one, milliseconds: at - started }));
  clearInterval(watch);
  const own = held.reduce((sum, memory) => sum + memory, 0);
  return { ends, wall: performance.now() - started, drop: before - least, own, running: held.length };
}

/** GNU time, around it, knows its memory. */
function end(program: string, args: readonly string[]): Promise<Omit<End, 'milliseconds'> & { at: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn('time', ['--quiet', '--format=memory %M', program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, LANG: 'C' },
    });
    let said = '';
    let json = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.stdout.on('data', (chunk) => {
      json += chunk;
    });
    child.once('error', reject);
    child.once('close', (status) => {
      const at = performance.now();
      const memory = Number(/memory (\d+)\n$/.exec(said)?.[1]) / 1024;
      const { metadata } =
        json === ''
          ? { metadata: { milliseconds: Number.NaN, connections: 0 } }
          : v.parse(report, JSON.parse(json));
      resolve({
        status,
        said,
        at,
        memory,
        metadata: metadata.milliseconds,
        connections: metadata.connections,
      });
    });
  });
}

function available(): number {
  return Number(/MemAvailable:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1024;
}

/** Anonymous resident memory of each running process of a program, MiB. */
function ownMemory(program: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((process) => {
      try {
        if (!readFileSync(`/proc/${process}/cmdline`, 'utf8').startsWith(`${program}\0`)) return [];
        return [Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1]) / 1024];
      } catch (error) {
        // It ended meanwhile.
        if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return [];
        throw error;
      }
    });
}
