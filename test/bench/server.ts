import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { putKey } from '../../agent/metadata/client.ts';

const support = join(import.meta.dirname, '../support');

/** A realistic instance, with a user-script and static routes. */
export const web: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(`${support}/instances/web.json`, 'utf8'),
);

/** The test server in a process of its own, as the platform's is: it does not share a thread with who measures. */
export interface Server {
  readonly socketPath: string;
  /** Give the customer's key another value. */
  set(key: string, value: string): Promise<void>;
  /** MiB, by VmHWM of proc(5). */
  peakMemory(): number;
  close(): Promise<void>;
}

/** Serve metadata; they lie in a file beside the socket while it starts. */
export async function openServer(
  socketPath: string,
  metadata: Readonly<Record<string, unknown>> = web,
): Promise<Server> {
  const file = `${socketPath}.json`;
  writeFileSync(file, JSON.stringify(metadata));
  const child = spawn(process.execPath, [`${support}/metadata-server-cli.ts`, file, '--socket', socketPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface(child.stdout), 'line');
  return {
    socketPath,
    set: (key, value) => putKey(key, Buffer.from(value), { socketPath, deadline: 10_000 }),
    peakMemory: () =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    async close() {
      const gone = once(child, 'close');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
