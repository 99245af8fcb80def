import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answers.ts';
import { poorerZoneInit, zonePrograms } from './build.ts';

/** A zone's system calls, for programs that run on this machine's own files. */
export interface ZoneCalls {
  /** The words before a command that make its system calls a zone's. */
  readonly argv: readonly string[];
  end(): Promise<void>;
}

/** Start what answers the calls. `before` makes the kernel poorer than a zone's: those answers are tried first. */
export async function zoneCalls(before: readonly Answer[] = []): Promise<ZoneCalls> {
  const { folder, init, supervisor } = zonePrograms();
  const socket = join(mkdtempSync(join(folder, 'calls-')), 'socket');
  const child = spawn(supervisor, [socket], { stdio: 'inherit' });
  const ended = once(child, 'exit');
  while (!existsSync(socket) && child.exitCode === null) await sleep(10);
  return {
    argv: [before.length === 0 ? init : poorerZoneInit(before), 'run', socket],
    async end() {
      child.kill();
      await ended;
    },
  };
}
