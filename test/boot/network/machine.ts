import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import type { Network } from '../../../agent/network/model.ts';
import type { RenderedFile } from '../../../agent/network/renderer.ts';

const run = promisify(execFile);

/** A machine of namespaces, with the interfaces of a network; it is gone when the test is over. */
export interface Machine {
  /** Run a program in it and give its output; throws when it fails. */
  run(program: string, ...args: string[]): Promise<string>;
  /** Start a program in it that stays; it ends with the machine. */
  start(program: string, ...args: string[]): ChildProcess;
  /** Write the files that a renderer gave. */
  write(files: readonly RenderedFile[]): Promise<void>;
}

/** Make a machine that has the interfaces of a network, with their MAC addresses, and nothing else. */
export async function newMachine(network: Network): Promise<Machine> {
  const holder = spawn(
    'unshare',
    [
      ...['--pid', '--fork', '--kill-child', '--mount-proc', '--mount', '--propagation', 'private', '--net'],
      join(import.meta.dirname, 'machine.sh'),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(async () => {
    const ended = holder.exitCode === null ? once(holder, 'exit') : undefined;
    holder.kill('SIGKILL');
    await ended;
  });
  await once(holder.stdout, 'data', { signal: AbortSignal.timeout(20_000) });
  const pid = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'utf8').trim();
  const inside = ['--target', pid, '--pid', '--mount', '--net', '--'];
  const machine: Machine = {
    async run(program, ...args) {
      const { stdout } = await run('nsenter', [...inside, program, ...args], { timeout: 120_000 });
      return stdout;
    },
    start: (program, ...args) => spawn('nsenter', [...inside, program, ...args], { stdio: 'ignore' }),
    async write(files) {
      for (const { path, content, mode = 0o644 } of files)
        await machine.run(
          'bash',
          '-euc',
          'mkdir -p "$(dirname "$1")"; printf %s "$2" >"$1"; chmod "$3" "$1"',
          '_',
          path,
          content,
          mode.toString(8),
        );
    },
  };
  for (const [index, { name, mac }] of network.interfaces.entries()) {
    const address = mac === undefined ? [] : ['address', mac];
    await machine.run('ip', 'link', 'add', name, ...address, 'type', 'veth', 'peer', 'name', `wire${index}`);
    // The other end only gives it a carrier.
    await machine.run('ip', 'link', 'set', `wire${index}`, 'mtu', '9000', 'up');
  }
  return machine;
}
