import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryRoot } from './support/temporary-root.ts';

const main = join(import.meta.dirname, '../agent/main.ts');
const call = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('the program', () => {
  it('names its version', () => {
    expect(call('--version')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^lx-agent \S+ \(.*\)\n$/),
    });
  });

  it('names its version to a program, with the parts that it consists of', () => {
    const { status, stdout } = call('--version', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      agent: expect.any(String),
      node: process.version,
    });
    expect(call('--version', 'run')).toMatchObject({ status: 3, stdout: '' });
  });

  it('answers wrong arguments in one line on stderr, with status 3', () => {
    expect(call('run', '--stage', 'middle')).toEqual({
      status: 3,
      stdout: '',
      stderr: 'lx-agent: run: --stage must be one of early, late, all, not "middle"; see lx-agent help run\n',
    });
    expect(call('run', 'no-such-step')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('there is no step'),
    });
  });

  it('says what was meant, and to a program in an object', () => {
    const { status, stdout, stderr } = call('run', '--dryrun', '--json');
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr:
        'lx-agent: run: there is no option "--dryrun"; see lx-agent help run (did you mean --dry-run?)\n',
    });
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      exit: 3,
      error: {
        kind: 'usage',
        message: 'run: there is no option "--dryrun"; see lx-agent help run',
        suggestion: '--dry-run',
      },
    });
    expect(call('metadata', 'gte', '--', '--json').stdout).toBe('');
    const failed = call('metadata', 'get', 'x', '--socket', '/no/socket', '--deadline', '0.1', '--json');
    expect(failed.status).toBe(2);
    expect(JSON.parse(failed.stdout)).toMatchObject({ exit: 2, error: { kind: 'failure' } });
  });

  it('answers a fault in one line on stderr, with status 1', () => {
    const root = temporaryRoot({ 'var/lib/lx-agent/report-early.json': 'nonsense' });
    expect(call('status', '--root', root)).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'lx-agent: /var/lib/lx-agent/report-early.json is not a report of lx-agent; lx-agent run writes a new one\n',
    });
  });

  it('says so when what it prints cannot be written, and minds no reader that went away', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [main, '--help'], {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('no space left') });
    expect(spawnSync('sh', ['-c', `'${process.execPath}' '${main}' --help | true`]).stderr.toString()).toBe(
      '',
    );
  });
});
