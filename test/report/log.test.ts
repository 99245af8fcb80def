import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendLog, journalLines, underSystemd } from '../../agent/report/log.ts';
import { type Message, reportMessages } from '../../agent/report/messages.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { firstBoot, muteBoot, troubledBoot } from '../commands/sample-reports.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const path = 'var/log/lx-agent.log';
const time = '2026-11-23T02:09:22.481Z';
const message = (text: string): Message => ({ priority: 'warning', subject: 'hostname', text });

describe('the log', () => {
  it('says what changed, what was kept and what failed, for systemd', async () => {
    const said = [firstBoot, troubledBoot, muteBoot].map((report) => journalLines(reportMessages(report)));
    await expect(said.join('--\n')).toMatchFileSnapshot('golden/journal.txt');
  });

  it('is not written when all is as it should be', () => {
    const root = temporaryRoot({ 'var/log': null });
    const unchanged = {
      ...firstBoot,
      steps: firstBoot.steps.filter(({ result }) => result === 'unchanged' || result === 'skipped'),
    };
    appendLog(openRoot(root), reportMessages(unchanged), time);
    expect(statSync(join(root, path), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('is a file that others cannot read, a line a message', () => {
    const root = temporaryRoot({ 'var/log': null });
    appendLog(openRoot(root), [message('first'), message('two\nlines \u001b[31m')], time);
    appendLog(openRoot(root), [message('x'.repeat(5000))], time);
    const lines = readFileSync(join(root, path), 'utf8').split('\n');
    expect(lines.slice(0, 2)).toEqual([
      `${time} warning hostname: first`,
      `${time} warning hostname: two lines  [31m`,
    ]);
    expect(lines[2]).toHaveLength(`${time} warning hostname: `.length + 2001);
    expect(statSync(join(root, path)).mode & 0o007).toBe(0);
  });

  it('is begun anew when it is full, and the old one kept once', () => {
    const root = temporaryRoot({ [path]: 'a'.repeat(1024 * 1024 - 10), [`${path}.1`]: 'older' });
    appendLog(openRoot(root), [message('new')], time);
    expect(readFileSync(join(root, path), 'utf8')).toBe(`${time} warning hostname: new\n`);
    expect(readFileSync(join(root, `${path}.1`), 'utf8')).toMatch(/^a+$/);
  });

  it('is left out where there is no folder for it', () => {
    const root = temporaryRoot({ etc: null });
    appendLog(openRoot(root), [message('x')], time);
    expect(statSync(join(root, 'var'), { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('systemd reads what is written', () => {
  const pipe = { isTerminal: false };
  it.each([
    [{ JOURNAL_STREAM: '8:1234' }, pipe, true],
    [{ INVOCATION_ID: '0f1e' }, pipe, true],
    [{ INVOCATION_ID: '0f1e' }, { isTerminal: true }, false],
  ])('with %o, %o: %s', (environment, stderr, expected) => {
    expect(underSystemd(environment, stderr)).toBe(expected);
  });
});
