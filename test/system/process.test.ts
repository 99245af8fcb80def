import { lstatSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { runProgram } from '../../agent/system/process.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

function shell(script: string) {
  return ['/bin/sh', '-c', script] as const;
}

/** Whether a process is there and has not ended (a zombie has). */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

describe('how a program ends', () => {
  test('its exit status and the last of its output are told', async () => {
    const ended = await runProgram({ argv: shell('echo out; echo err >&2; exit 7'), deadline: 30 });
    expect(ended).toMatchObject({ status: 7, signal: null });
    expect(ended.tail.split('\n').sort()).toEqual(['', 'err', 'out']);
    expect(ended.ended).toBeUndefined();
  });

  test('a signal that killed it is told', async () => {
    const ended = await runProgram({ argv: shell('kill -USR1 $$'), deadline: 30 });
    expect(ended).toMatchObject({ status: null, signal: 'SIGUSR1' });
  });

  test('a program that is not there, or whose interpreter is not, is an error that says so', async () => {
    const folder = temporaryRoot();
    const script = join(folder, 'script');
    writeFileSync(script, '#!/no/such/interpreter\n', { mode: 0o700 });
    await expect(runProgram({ argv: ['/no/such/program'], deadline: 30 })).rejects.toThrow(
      'cannot run /no/such/program: it, the interpreter',
    );
    await expect(runProgram({ argv: [script], deadline: 30 })).rejects.toThrow(
      `cannot run ${script}: its interpreter /no/such/interpreter is not there; install it`,
    );
  });

  test.each([
    ['that is not executable', 0o600, '#!/bin/sh\n', 'not executable'],
    ['with a blank before its interpreter', 0o700, '#! \t/no/such -e\n', 'its interpreter /no/such is'],
  ])('a program %s is an error that says so', async (_, mode, content, words) => {
    const script = join(temporaryRoot(), 'script');
    writeFileSync(script, content, { mode });
    await expect(runProgram({ argv: [script], deadline: 30 })).rejects.toThrow(words);
  });

  test('a working directory that is not there is not taken for a missing interpreter', async () => {
    const script = join(temporaryRoot(), 'script');
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o700 });
    await expect(runProgram({ argv: [script], deadline: 30, cwd: '/no/such/folder' })).rejects.toThrow(
      'working directory',
    );
  });

  test('arguments that are too long are an error that says so', async () => {
    const argv = ['/bin/true', 'x'.repeat(4 << 20)] as const;
    await expect(runProgram({ argv, deadline: 30 })).rejects.toThrow('too long');
  });

  test('its number is told while it runs', async () => {
    const pids: number[] = [];
    const { tail } = await runProgram({
      argv: shell('echo $$'),
      deadline: 30,
      onStart: (pid) => pids.push(pid),
    });
    expect(pids).toEqual([Number(tail)]);
  });

  test('of much output the last 4 KiB are told', async () => {
    const { tail } = await runProgram({
      argv: shell('head -c 100000 /dev/zero | tr "\\0" x; printf end'),
      deadline: 30,
    });
    expect(tail).toBe(`${'x'.repeat(4093)}end`);
  });

  test('what it leaves in the background is neither waited for nor ended', async () => {
    const { tail } = await runProgram({ argv: shell('sleep 300 & echo $!'), deadline: 30 });
    const pid = Number(tail);
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});

describe('its environment', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('nothing of the agent reaches it', async () => {
    vi.stubEnv('NODE_OPTIONS', '--no-warnings');
    vi.stubEnv('LX_SECRET', 'x');
    const { tail } = await runProgram({
      argv: ['/usr/bin/env'],
      deadline: 30,
      environment: { LX_STAGE: 'late' },
    });
    const names = tail
      .trimEnd()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(['HOME', 'LANG', 'LX_STAGE', 'PATH']);
  });

  test('it finds the programs of an administrator, and the home of root', async () => {
    const { tail } = await runProgram({ argv: shell('echo "$HOME $LANG $PATH"'), deadline: 30 });
    expect(tail).toBe('/root C /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n');
  });

  test('its standard input is empty, its folder / or the one asked for, its session its own', async () => {
    const folder = temporaryRoot();
    const { tail } = await runProgram({
      argv: shell('cat; pwd; cut -d" " -f1,6 /proc/$$/stat'),
      deadline: 30,
    });
    const [place, ids] = tail.split('\n');
    const [pid, session] = (ids ?? '').split(' ');
    expect(place).toBe('/');
    expect(session).toBe(pid);
    expect((await runProgram({ argv: shell('pwd'), deadline: 30, cwd: folder })).tail).toBe(`${folder}\n`);
  });
});

describe('its deadline', () => {
  test('ends it with all of its group', async () => {
    const ended = await runProgram({ argv: shell('sleep 300 & echo $!; wait'), deadline: 0.2 });
    expect(ended).toMatchObject({ signal: 'SIGTERM', ended: 'deadline' });
    await vi.waitUntil(() => !isAlive(Number(ended.tail)));
  });

  test('is polite first, and lets it clean up', async () => {
    const ended = await runProgram({
      argv: shell('trap "echo cleaned; exit 4" TERM; sleep 300 & wait'),
      deadline: 0.2,
    });
    expect(ended).toMatchObject({ status: 4, ended: 'deadline', tail: 'cleaned\n' });
  });

  test('leaves it time to clean up', async () => {
    const ended = await runProgram({
      argv: shell('trap "sleep 0.3; echo cleaned; exit 4" TERM; sleep 300 & wait'),
      deadline: 0.2,
    });
    expect(ended).toMatchObject({ status: 4, ended: 'deadline', tail: 'cleaned\n' });
  });

  test('kills what ignores the polite signal and outlives the program', async () => {
    const ended = await runProgram({
      argv: shell('(trap "" TERM; exec sleep 300) & echo $!; wait'),
      deadline: 0.2,
    });
    expect(ended).toMatchObject({ signal: 'SIGTERM', ended: 'deadline' });
    await vi.waitUntil(() => !isAlive(Number(ended.tail)));
  });

  test('kills what ignores the polite signal', { timeout: 30_000 }, async () => {
    const ended = await runProgram({
      argv: shell('trap "" TERM; while :; do sleep 1; done'),
      deadline: 0.2,
    });
    expect(ended).toMatchObject({ signal: 'SIGKILL', ended: 'deadline' });
  });
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s to the agent is passed on to the program',
  async (signal) => {
    const folder = temporaryRoot();
    const log = join(folder, 'log');
    const listeners = process.listenerCount(signal);
    const running = runProgram({ argv: shell('echo ready; exec sleep 300'), deadline: 60, output: log });
    await vi.waitUntil(() => readFileSync(log, 'utf8') === 'ready\n');
    process.kill(process.pid, signal);
    expect(await running).toMatchObject({ signal, ended: 'interrupted' });
    expect(process.listenerCount(signal)).toBe(listeners);
  },
);

describe('its log', () => {
  test('has a line with the time and the program before each run that has a title', async () => {
    const log = join(temporaryRoot(), 'log');
    const run = (script: string) =>
      runProgram({ argv: shell(script), deadline: 30, output: log, title: '/var/svc/script' });
    await run('printf "no line feed"');
    const { tail } = await run('echo second');
    expect(readFileSync(log, 'utf8')).toMatch(
      /^\[lx-agent: \d{4}-\S+Z: \/var\/svc\/script\]\nno line feed\n\[lx-agent: \S+: \/var\/svc\/script\]\nsecond\n$/,
    );
    // It is no output of the program.
    expect(tail).toBe('second\n');
  });

  test('is closed when the program has ended', async () => {
    const log = join(temporaryRoot(), 'log');
    const before = readdirSync('/proc/self/fd').length;
    for (let round = 0; round < 5; round++)
      await runProgram({ argv: ['/bin/true'], deadline: 30, output: log });
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 5);
  });

  test('may be on a full disk: the program runs all the same', async () => {
    const ended = await runProgram({
      argv: shell('exit 4'),
      deadline: 30,
      output: '/dev/full',
      title: 'script',
    });
    expect(ended).toMatchObject({ status: 4 });
  });

  test('is private, is appended to, and its tail is that of this run', async () => {
    const log = join(temporaryRoot(), 'log');
    await runProgram({ argv: shell('echo first'), deadline: 30, output: log });
    const { tail } = await runProgram({ argv: shell('echo second'), deadline: 30, output: log });
    expect(readFileSync(log, 'utf8')).toBe('first\nsecond\n');
    expect(tail).toBe('second\n');
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  test('takes what is written in the background after the program ended', async () => {
    const folder = temporaryRoot();
    const log = join(folder, 'log');
    const go = join(folder, 'go');
    const script = `( while [ ! -e ${go} ]; do sleep 0.05; done; echo later ) & echo now`;
    await runProgram({ argv: shell(script), deadline: 30, output: log });
    writeFileSync(go, '');
    await vi.waitUntil(() => readFileSync(log, 'utf8') === 'now\nlater\n');
  });

  test('is cut at 4 MiB with a mark, and the tail is still the last of the output', async () => {
    const log = join(temporaryRoot(), 'log');
    const { tail, status } = await runProgram({
      argv: shell('head -c 9000000 /dev/zero | tr "\\0" x; echo; echo the end'),
      deadline: 60,
      output: log,
    });
    expect(status).toBe(0);
    expect(tail).toMatch(/x\nthe end\n$/);
    const content = readFileSync(log, 'utf8');
    expect(content.length).toBeLessThan(4 * 1024 * 1024 + 100);
    expect(content).toMatch(/x\n\[lx-agent: the log is full; what followed was cut\]\n$/);
  });

  test('goes to .1 when it was half full before', async () => {
    const log = join(temporaryRoot(), 'log');
    writeFileSync(log, 'y'.repeat(3 * 1024 * 1024), { mode: 0o600 });
    await runProgram({ argv: shell('echo fresh'), deadline: 30, output: log });
    expect(readFileSync(log, 'utf8')).toBe('fresh\n');
    expect(statSync(`${log}.1`).size).toBe(3 * 1024 * 1024);
  });

  test('is never written through a link; the program runs all the same', async () => {
    const folder = temporaryRoot();
    const log = join(folder, 'log');
    writeFileSync(join(folder, 'victim'), 'untouched');
    symlinkSync('victim', log);
    const ended = await runProgram({ argv: shell('echo done'), deadline: 30, output: log });
    expect(ended).toMatchObject({ status: 0, tail: 'done\n' });
    expect(ended.unlogged).toContain('ELOOP');
    expect(lstatSync(log).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('untouched');
  });
});
