import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBoots, readReport, readRuns } from '../../agent/report/read-report.ts';
import type { Report } from '../../agent/report/report.ts';
import { keepReport } from '../../agent/report/report-file.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { firstBoot, lateBoot, muteBoot } from '../commands/sample-reports.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const folder = 'var/lib/lx-agent';
const stage = { bootStage: true, beforeInit: false, madeUp: [] };
const byHand = { ...stage, bootStage: false };

/** A report of the minute, so that each is of another moment. */
function at(minute: number, report: Report, rest: Partial<Report> = {}): Report {
  return { ...report, started: `2026-11-26T07:${String(minute).padStart(2, '0')}:00.000Z`, ...rest };
}

function place() {
  const path = temporaryRoot();
  const root = openRoot(path);
  const faults: string[] = [];
  return {
    path,
    root,
    faults,
    names: () => readdirSync(join(path, folder)).sort(),
    boots: () => readBoots(root, (fault) => faults.push(fault)),
    runs: () => readRuns(root, (fault) => faults.push(fault)),
  };
}

describe('the reports of boots', () => {
  it('are kept by boot, the newest first, the last few only', () => {
    const { root, boots, names } = place();
    for (let minute = 0; minute < 7; minute++) {
      const boot = `boot ${minute}`;
      keepReport(root, at(2 * minute, firstBoot, { boot }), stage);
      keepReport(root, at(2 * minute + 1, lateBoot, { boot }), stage);
    }
    expect(boots().map(({ boot, early, late }) => [boot, early?.exit, late?.exit])).toEqual(
      [6, 5, 4, 3, 2].map((minute) => [`boot ${minute}`, 0, 1]),
    );
    expect(names()).toHaveLength(10);
    expect(readReport(root, 'early')).toMatchObject({ boot: 'boot 6', kind: 'boot' });
  });

  it('are of one file where the early stage did the work of both', () => {
    const { root, boots } = place();
    const late = lateBoot.steps.map((step) => ({ ...step, result: 'unchanged' as const }));
    const both: Report = { ...firstBoot, stages: ['early', 'late'], steps: [...firstBoot.steps, ...late] };
    keepReport(root, at(1, both), stage);
    const [boot] = boots();
    expect(boot?.early?.steps.map(({ stage: of }) => of)).not.toContain('late');
    expect(boot?.late?.steps.map(({ name }) => name)).toEqual(['user-script']);
  });

  it('stay where a stage is run once more in the same boot: that is a run by hand', () => {
    const { root, boots, runs } = place();
    keepReport(root, at(1, firstBoot), stage);
    keepReport(root, at(2, muteBoot), stage);
    expect(boots()).toMatchObject([{ early: { exit: 0 } }]);
    expect(runs()).toMatchObject([{ exit: 2, kind: 'run' }]);
  });

  it('give way to that of the late stage which made up for the early one, and are kept beside it', () => {
    const { root, boots, runs } = place();
    keepReport(root, at(1, muteBoot), stage);
    const both: Report = { ...firstBoot, stages: ['early', 'late'] };
    const madeUp = { ...stage, madeUp: ['early'] as const };
    // In the middle of its work, and at its end.
    keepReport(root, at(2, { ...both, stages: ['early'] }), madeUp);
    keepReport(root, at(2, both), madeUp);
    expect(boots()).toMatchObject([{ early: { exit: 0 }, late: { exit: 0 }, attempts: [{ exit: 2 }] }]);
    expect(runs()).toEqual([]);
  });

  it('of a stage that the platform called before init give way to that of the unit', () => {
    const { root, boots, runs } = place();
    keepReport(root, at(1, firstBoot), { ...stage, beforeInit: true });
    expect(boots()).toMatchObject([{ early: { kind: 'before init' } }]);
    keepReport(root, at(2, firstBoot), stage);
    expect(boots()).toMatchObject([{ early: { kind: 'boot' }, attempts: [{ kind: 'before init' }] }]);
    expect(runs()).toEqual([]);
  });

  it('without an identity of the boot are paired by their order', () => {
    const { root, boots } = place();
    const nameless = { boot: undefined };
    keepReport(root, at(1, firstBoot, nameless), stage);
    keepReport(root, at(2, lateBoot, nameless), stage);
    keepReport(root, at(3, muteBoot, nameless), stage);
    expect(boots().map(({ early, late }) => [early?.exit, late?.exit])).toEqual([
      [2, undefined],
      [0, 1],
    ]);
  });

  it('hide nothing of one another when one is corrupt, and a new one takes its place', () => {
    const { root, path, boots, faults } = place();
    keepReport(root, at(1, firstBoot), stage);
    writeFileSync(join(path, folder, 'report-late.json'), '{"version": 1');
    expect(boots()).toMatchObject([{ early: { exit: 0 }, late: undefined }]);
    expect(faults).toEqual([expect.stringContaining('/var/lib/lx-agent/report-late.json is not a report')]);
    keepReport(root, at(2, lateBoot), stage);
    expect(boots()).toMatchObject([{ early: { exit: 0 }, late: { exit: 1 } }]);
  });
});

describe('the reports of runs by hand', () => {
  it('are kept apart from the boot, the newest first, the last few only', () => {
    const { root, boots, runs } = place();
    keepReport(root, at(1, firstBoot), stage);
    for (let minute = 10; minute < 25; minute++)
      keepReport(root, at(minute, lateBoot, { named: ['user-script'] }), byHand);
    expect(boots()).toMatchObject([{ early: { exit: 0 }, late: undefined }]);
    expect(runs()).toHaveLength(10);
    expect(runs()[0]).toMatchObject({ started: '2026-11-26T07:24:00.000Z', named: ['user-script'] });
  });

  it('stand in for a boot only where none is on record', () => {
    const { root, boots, runs } = place();
    const whole: Report = { ...firstBoot, stages: ['early', 'late'] };
    keepReport(root, at(1, whole), byHand);
    keepReport(root, at(2, { ...muteBoot, stages: ['early', 'late'] }), byHand);
    expect(boots()).toMatchObject([{ early: { kind: 'run', exit: 2 } }]);
    keepReport(root, at(3, firstBoot), stage);
    keepReport(root, at(4, { ...muteBoot, stages: ['early', 'late'] }), byHand);
    expect(boots()[0]).toMatchObject({ early: { kind: 'boot', exit: 0 } });
    expect(runs()).toHaveLength(3);
  });
});
