import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../agent/commands/arguments.ts';
import { run } from '../../agent/commands/image-rules.ts';
import { listedRules, whereOf } from '../../agent/image/rule-list.ts';
import { rules } from '../../agent/image/rules/all.ts';
import { checks } from '../../agent/image/selection.ts';
import { capturedIo } from '../support/captured-io.ts';

async function listing(...words: readonly string[]): Promise<string> {
  const io = capturedIo();
  expect(await run(parseArguments(['image', 'rules', ...words]), io)).toBe(0);
  return io.said.stdout;
}

it('names every rule and every check once, under its category', () => {
  expect(
    listedRules()
      .map(({ rule }) => rule)
      .toSorted(),
  ).toEqual([...rules, ...checks].map(({ id }) => id).toSorted());
});

it('fits 80 columns', async () => {
  expect((await listing()).split('\n').filter((line) => line.length > 80)).toEqual([]);
});

it('says what each wants and for which roots', async () => {
  await expect(await listing()).toMatchFileSnapshot('golden/rules.txt');
});

it('is told to programs, too', async () => {
  const { rules: all } = JSON.parse(await listing('--json'));
  expect(all).toContainEqual(
    expect.objectContaining({ rule: 'keyboard', inits: ['upstart', 'sysvinit'], by: 'prepare' }),
  );
  expect(all).toContainEqual(expect.objectContaining({ rule: 'passwords', by: 'check' }));
});

it.each([
  [{}, ''],
  [{ inits: ['systemd'] }, 'systemd'],
  [{ families: ['redhat'], inits: ['upstart', 'sysvinit'] }, 'Red Hat with upstart or sysvinit'],
  [{ families: ['debian', 'suse'] }, 'Debian and SUSE'],
] as const)('%j is for %j', (when, words) => {
  expect(whereOf(when)).toBe(words);
});

describe('bash completes the names after --skip', () => {
  const complete = (word: string) =>
    execFileSync(
      'bash',
      [
        '-c',
        `source docs/completions/lx-agent.bash
        COMP_WORDS=(lx-agent image check --skip '${word}') COMP_CWORD=4
        _lx_agent; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ],
      { encoding: 'utf8' },
    )
      .split('\n')
      .filter(Boolean);

  it.each([
    ['agent-p', ['agent-program']],
    ['clean,ut', ['clean,utc']],
    ['clean,utc,systemd-au', ['clean,utc,systemd-audit']],
  ])('%s', (word, expected) => {
    expect(complete(word)).toEqual(expected);
  });
});
