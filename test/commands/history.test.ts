import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../agent/commands/arguments.ts';
import { run } from '../../agent/commands/history.ts';
import type { Report } from '../../agent/report/report.ts';
import { capturedIo } from '../support/captured-io.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { firstBoot, lateBoot, muteBoot, troubledBoot } from './sample-reports.ts';

const folder = 'var/lib/lx-agent';
const json = (report: Report) => JSON.stringify(report);
const byHand = (minute: number, report: Report) => ({
  [`${folder}/report-run-2026112309${minute}00000-7.json`]: json({
    ...report,
    kind: 'run',
    started: `2026-11-23T09:${minute}:00.000Z`,
  }),
});
const earlier: Report = {
  ...muteBoot,
  kind: 'boot',
  boot: 'an earlier one',
  started: '2026-11-21T07:00:00.000Z',
};
const tree = {
  [`${folder}/report-early-20261121070000000.json`]: json(earlier),
  [`${folder}/report-early.json`]: json({ ...firstBoot, kind: 'boot' }),
  [`${folder}/report-late.json`]: json({ ...lateBoot, kind: 'boot' }),
  ...byHand(10, troubledBoot),
  ...byHand(20, { ...lateBoot, named: ['user-script'] }),
  ...byHand(30, { ...firstBoot, stages: ['early', 'late'], steps: [] }),
};

const history = async (root: string, ...options: string[]) => {
  const io = capturedIo();
  const exit = await run(parseArguments(['history', '--root', root, ...options]), io);
  return { exit, ...io.said };
};

describe('lx-agent history', () => {
  it('has every boot and every run by hand, the newest first', async () => {
    const { exit, stdout } = await history(temporaryRoot(tree));
    expect(exit).toBe(0);
    await expect(stdout).toMatchFileSnapshot('golden/history.txt');
  });

  it('shows as many as it is asked for', async () => {
    const { stdout } = await history(temporaryRoot(tree), '-n', '2', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      exit: 0,
      runs: [{ started: '2026-11-23T09:30:00.000Z' }, { started: '2026-11-23T09:20:00.000Z' }],
    });
  });

  it('does not say that nothing ran when it is asked for no run', async () => {
    const { exit, stdout } = await history(temporaryRoot(tree), '-n', '0');
    expect(exit).toBe(0);
    expect(stdout).not.toContain('has not run');
  });

  it('tells of one run that did both stages once', async () => {
    const both = { ...firstBoot, kind: 'boot' as const };
    const root = temporaryRoot({
      [`${folder}/report-early.json`]: json(both),
      [`${folder}/report-late.json`]: json({ ...both, steps: lateBoot.steps }),
    });
    expect((await history(root)).stdout.match(/boot, early and late stage/g)).toHaveLength(1);
  });

  it('tells of a run by hand once, though it stands in for a boot that is not on record', async () => {
    const run = { ...firstBoot, kind: 'run' as const, started: '2026-11-23T09:10:00.000Z' };
    const root = temporaryRoot({ ...byHand(10, run), [`${folder}/report-early.json`]: json(run) });
    expect((await history(root)).stdout.match(/2026-11-23 09:10:00 UTC/g)).toHaveLength(1);
  });

  it('names a report that cannot be read, and shows the others', async () => {
    const { exit, stdout, stderr } = await history(
      temporaryRoot({ ...tree, [`${folder}/report-late.json`]: 'torn {' }),
    );
    expect({ exit, stderr }).toEqual({
      exit: 1,
      stderr: expect.stringContaining('/var/lib/lx-agent/report-late.json is not a report'),
    });
    expect(stdout).toContain('2026-11-21 07:00:00 UTC');
  });

  it('says what to do where nothing ran yet', async () => {
    expect(await history(temporaryRoot())).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining('lx-agent doctor'),
    });
  });
});
