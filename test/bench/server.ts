import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { putKey } from '../../agent/metadata/client.ts';
import { web } from '../support/instances/web.ts';

const program = join(import.meta.dirname, '../support/metadata-server-cli.ts');

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
  const child = spawn(process.execPath, [program, file, '--socket', socketPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface(child.stdout), 'line');
  return {
    socketPath,
    set: (key, value) => putKey(key, Buffer.from(value), { socketPath, deadline: 10 }),
    peakMemory: () =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    async close() {
      const gone = once(child, 'close');
      child.kill('SIGTERM');
      await gone;
    },
  };
}
