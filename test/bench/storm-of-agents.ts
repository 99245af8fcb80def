import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

/** How one agent of many ended. */
export interface End {
  readonly status: number | null;
  /** What it said on standard error. */
  readonly said: string;
  /** From its start to its end, and until it had its metadata. */
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
}

const report = v.object({
  metadata: v.object({ milliseconds: v.number(), connections: v.optional(v.number(), 0) }),
});

/** The early stages of as many agents as there are roots, all started at once. */
export async function storm(program: string, roots: readonly string[], socketPath: string): Promise<Storm> {
  const before = available();
  let least = before;
  const watch = setInterval(() => {
    least = Math.min(least, available());
  }, 50);
  const started = performance.now();
  const ends = await Promise.all(
    roots.map((root) =>
      end(program, ['run', '--stage', 'early', '--json', '--root', root, '--socket', socketPath]),
    ),
  );
  clearInterval(watch);
  return { ends, wall: performance.now() - started, drop: before - least };
}

/** GNU time, around it, knows its memory. */
function end(program: string, args: readonly string[]): Promise<End> {
  const started = performance.now();
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
      const milliseconds = performance.now() - started;
      const memory = Number(/memory (\d+)\n$/.exec(said)?.[1]) / 1024;
      const { metadata } =
        json === ''
          ? { metadata: { milliseconds: Number.NaN, connections: 0 } }
          : v.parse(report, JSON.parse(json));
      resolve({
        status,
        said,
        milliseconds,
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
