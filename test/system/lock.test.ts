import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kernelBootId } from '../../agent/system/boot-marks.ts';
import { Locked, lockHolder, takeLock } from '../../agent/system/lock.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { isRunningProcess, processIdentity } from '../../agent/system/process-identity.ts';
import type { Root } from '../../agent/system/root.ts';
import { RootError } from '../../agent/system/root-error.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const worker = join(import.meta.dirname, '../support/lock-worker.ts');
const folder = 'var/lib/lx-agent';
/** `trial---`, as the name of a temporary entry. */
const path = `${folder}/.lx-agent-0-747269616c2d2d2d`;

function start(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [worker, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

/** A process that holds the lock of a root. */
async function holder(root: string): Promise<ChildProcess> {
  const child = start(root, 'hold');
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  const end = ended(child);
  child.kill('SIGKILL');
  await end;
}

describe('a lock', () => {
  it('is held by one process at a time, and none loses its turn', async () => {
    const root = temporaryRoot({ counter: '0' });
    const codes = await Promise.all(Array.from({ length: 4 }, () => ended(start(root, '25'))));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(readFileSync(join(root, 'counter'), 'utf8')).toBe('100');
    expect(readdirSync(join(root, folder))).toEqual([]);
  });

  it('of a process that was killed blocks nobody, and many who find it get it one after the other', async () => {
    const root = temporaryRoot({ counter: '0' });
    await killed(await holder(root));
    expect(readdirSync(join(root, path))).toHaveLength(1);
    const codes = await Promise.all(Array.from({ length: 4 }, () => ended(start(root, '10'))));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(readFileSync(join(root, 'counter'), 'utf8')).toBe('40');
  });

  it('is waited for until the deadline, and the process that has it is named', async () => {
    const root = temporaryRoot();
    const child = await holder(root);
    expect(lockHolder(openRoot(root), 'trial')).toMatchObject({ process: processIdentity(child.pid ?? 0) });
    const error = await takeLock(openRoot(root), 'trial', 20).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Locked);
    expect(String(error)).toContain(`process ${child.pid}`);
    await killed(child);
    (await takeLock(openRoot(root), 'trial', 0)).release();
  });

  it.each([
    [
      'of a process with the same number in an earlier boot',
      `${processIdentity(process.pid)}-${'0'.repeat(32)}-1`,
    ],
    ['of an earlier process with the same number', `${process.pid}-1-${kernelBootId() ?? 'unknown'}-1`],
    ['of nonsense', 'nonsense'],
  ])("%s is nobody's", async (_, entry) => {
    const root = temporaryRoot();
    mkdirSync(join(root, path, entry), { recursive: true });
    expect(lockHolder(openRoot(root), 'trial')).toBeUndefined();
    const lock = await takeLock(openRoot(root), 'trial', 0);
    expect(lockHolder(openRoot(root), 'trial')).toBeDefined();
    lock.release();
    lock.release();
    expect(readdirSync(join(root, folder))).toEqual([]);
  });

  it('that was given back while others wait for it is not taken from them', async () => {
    const root = openRoot(temporaryRoot());
    const first = await takeLock(root, 'trial', 0);
    const second = takeLock(root, 'trial', 60_000);
    first.release();
    const held = await second;
    first.release();
    expect(lockHolder(root, 'trial')).toBeDefined();
    held.release();
  });

  it.each(['EROFS', 'ENOSPC', 'EACCES', 'EIO'])('that cannot be made (%s) holds nobody up', async (code) => {
    const root: Root = {
      ...openRoot(temporaryRoot()),
      claim() {
        throw new RootError('lock', '/run', code);
      },
    };
    (await takeLock(root, 'trial', 0)).release();
  });

  it('of the running system is in /run, which the next boot finds empty', async () => {
    const place = temporaryRoot({ run: null });
    const lock = await takeLock({ ...openRoot(place), live: true }, 'trial', 0);
    expect(readdirSync(join(place, 'run'))).toEqual(['lx-agent-trial.lock']);
    lock.release();
    expect(readdirSync(join(place, 'run'))).toEqual([]);
  });
});

describe('what a killed process left', () => {
  it('goes when the next run writes beside it; a lock that is held stays', async () => {
    const place = temporaryRoot();
    const held = await holder(place);
    const left = join(place, folder, '.lx-agent-0-0123456789abcdef');
    mkdirSync(join(left, '1999999999-1-x-1'), { recursive: true });
    mkdirSync(join(place, folder, '.lx-agent-0-0123456789abcde0'));
    openRoot(place).write(`/${folder}/state.json`, '', { mode: 0o600 });
    expect(readdirSync(join(place, folder)).sort()).toEqual([path.slice(folder.length + 1), 'state.json']);
    await killed(held);
  });
});

describe('a process', () => {
  it('is told from a later one of its number, and a zombie has ended', async () => {
    const child = spawn('/bin/sh', ['-c', 'sleep 0 & exec sleep 600'], { stdio: 'ignore' });
    const identity = processIdentity(child.pid ?? 0);
    // proc(5): field 22 is when the process started.
    const started = execFileSync('cut', ['-d', ' ', '-f', '22', `/proc/${child.pid}/stat`], {
      encoding: 'utf8',
    });
    expect(identity).toBe(`${child.pid}-${started.trim()}`);
    expect(isRunningProcess(identity)).toBe(true);
    expect(isRunningProcess(`${child.pid}-1`)).toBe(false);
    await killed(child);
    expect(isRunningProcess(identity)).toBe(false);
    expect(isRunningProcess('')).toBe(false);
    expect(isRunningProcess('-1-0')).toBe(false);
  });
});
