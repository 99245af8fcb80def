import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Guest } from './guest.ts';

/** Name servers in a guest's network, at addresses that the guest gets for them. They end when `end` is called. */
export async function startNameServers(
  guest: Guest,
  addresses: readonly string[],
): Promise<{ end(): Promise<void> }> {
  const inNetwork = ['--target', String(guest.pid), '--net', '--'];
  for (const address of addresses)
    execFileSync('nsenter', [...inNetwork, 'ip', 'address', 'add', `${address}/32`, 'dev', 'lo']);
  const child = spawn(
    'nsenter',
    [...inNetwork, process.execPath, join(import.meta.dirname, 'name-servers.mjs'), ...addresses],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => {
      throw new Error('the name servers did not start');
    }),
  ]);
  return {
    async end() {
      child.kill();
      await ended;
    },
  };
}
