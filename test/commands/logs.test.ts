import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments, UsageError } from '../../agent/commands/arguments.ts';
import { run } from '../../agent/commands/logs.ts';
import { capturedIo } from '../support/captured-io.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const mark = (minute: number) => `[lx-agent: 2026-11-26T07:0${minute}:00.000Z: /var/svc/mdata-user-script]`;
const tree = {
  'var/log/lx-agent.log': '2026-11-26T07:00:00.000Z warning metadata: sdc:nics: not a JSON array\n',
  'var/log/mdata-user-script.log.1': `${mark(1)}\nbefore the rotation\n`,
  'var/log/mdata-user-script.log': `${mark(2)}\nfirst\n${mark(3)}\n\tsecond \u001b[2Jwiped\nno line feed`,
};

async function logs(root: string, ...words: string[]) {
  const io = capturedIo({ environment: { LANG: 'C.UTF-8' } });
  const exit = await run(parseArguments(['logs', ...words, '--root', root]), io);
  return { exit, ...io.said };
}

describe('lx-agent logs', () => {
  it('shows every log that there is, with its path, the older part first, and nothing that moves a cursor', async () => {
    const { exit, stdout } = await logs(temporaryRoot(tree));
    expect(exit).toBe(0);
    await expect(stdout).toMatchFileSnapshot('golden/logs.txt');
  });

  it('shows the last lines of one', async () => {
    const { stdout } = await logs(temporaryRoot(tree), 'user-script', '-n', '1');
    expect(stdout).toBe('no line feed\n');
  });

  it('shows what the last run said', async () => {
    const { stdout } = await logs(temporaryRoot(tree), 'user-script', '--last-run');
    expect(stdout).toBe(`${mark(3)}\n\tsecond \\u{1b}[2Jwiped\nno line feed\n`);
  });

  it('says where it looked when there is nothing', async () => {
    expect(await logs(temporaryRoot(), 'hooks')).toMatchObject({
      exit: 0,
      stdout: 'empty or missing: /var/log/lx-agent-hooks.log\n',
    });
  });

  it('shows the others when one cannot be read', async () => {
    const root = temporaryRoot(tree);
    mkdirSync(join(root, 'var/log/lx-agent-hooks.log'));
    const { exit, stdout, stderr } = await logs(root);
    expect(exit).toBe(1);
    expect(stdout).toContain('first');
    expect(stderr).toMatch(/^lx-agent: cannot read \/var\/log\/lx-agent-hooks.log: .*\n$/);
  });

  it('gives a program the lines of each', async () => {
    const { stdout } = await logs(temporaryRoot(tree), 'agent', '--json');
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      exit: 0,
      logs: [{ log: 'agent', path: '/var/log/lx-agent.log', lines: [tree['var/log/lx-agent.log'].trim()] }],
    });
  });

  it('knows no other log', async () => {
    await expect(logs(temporaryRoot(), 'user-scrpt')).rejects.toThrow(UsageError);
    expect(() => parseArguments(['logs', '-n', 'many'])).toThrow('-n must be a whole number, not "many"');
  });
});
