import { describe, expect, it } from 'vitest';
import { renderReport } from '../../agent/commands/report-text.ts';
import { renderStatus } from '../../agent/commands/status-text.ts';
import type { Style } from '../../agent/commands/style.ts';
import { firstBoot, lateBoot, muteBoot, troubledBoot } from './sample-reports.ts';

const ascii: Style = { colour: false, unicode: false };
const unicode: Style = { colour: false, unicode: true };

describe('a report as text', () => {
  it('of a first boot that went well', async () => {
    await expect(renderReport(firstBoot, unicode)).toMatchFileSnapshot('golden/report-first-boot.txt');
  });

  it('of a boot in trouble names each fault and what to do about it, in ASCII', async () => {
    await expect(renderReport(troubledBoot, ascii)).toMatchFileSnapshot('golden/report-troubled.txt');
  });

  it('without metadata says so once', async () => {
    const reason = 'the metadata could not be read';
    const steps = firstBoot.steps.map((step) => ({
      ...step,
      result: 'skipped' as const,
      reason,
      changes: [],
    }));
    await expect(renderReport({ ...muteBoot, steps }, ascii)).toMatchFileSnapshot('golden/report-mute.txt');
  });

  it('of both stages in one run tells them apart', async () => {
    const both = {
      ...firstBoot,
      stages: ['early', 'late'] as const,
      steps: [...firstBoot.steps, ...lateBoot.steps],
    };
    await expect(renderReport(both, unicode)).toMatchFileSnapshot('golden/report-both-stages.txt');
  });

  it('says of what is only listed whether it would change or run, or is not run on this root', () => {
    const [hostname] = firstBoot.steps;
    const listed = (kind: string) => ({
      ...firstBoot,
      steps: [
        {
          ...firstBoot.steps[1],
          name: 'hostname',
          stage: 'early' as const,
          milliseconds: 1,
          result: 'listed' as const,
          changes: (hostname?.changes ?? [])
            .filter((change) => kind === 'all' || change.kind === kind)
            .map((change) => ({ ...change, result: 'listed' as const })),
        },
      ],
    });
    const command = listed('command');
    expect(renderReport(command, ascii, { elsewhere: true })).toMatch(/^ {2}1 not run here$/m);
    expect(renderReport(command, ascii, { dryRun: true, elsewhere: true })).toMatch(/^ {2}1 not run here$/m);
    expect(renderReport(command, ascii, { dryRun: true })).toMatch(/^ {2}1 would run$/m);
    const all = renderReport(listed('all'), ascii, { dryRun: true });
    expect(all).toMatch(/^ {2}1 would change$/m);
    expect(all).toMatch(/^ {6}would run: hostname web-1: /m);
    expect(all).not.toContain('listed');
  });

  it('names the socket once, also where the reason names it', () => {
    const reason = 'no metadata from /native/.zonecontrol/metadata.sock: no such file or directory';
    const mute = { ...muteBoot, metadata: { ...muteBoot.metadata, status: 'unavailable' as const, reason } };
    expect(renderReport(mute, ascii).match(/metadata\.sock/g)).toHaveLength(1);
  });

  it('of a run without metadata has the name that earlier ones had', () => {
    const { hostname: _, instance: __, ...nameless } = muteBoot;
    expect(renderReport(nameless, ascii, { knownName: 'web-1' })).toMatch(/^web-1\n/);
  });

  it('in colour is the same text', () => {
    const coloured = renderReport(troubledBoot, { colour: true, unicode: false });
    expect(coloured).toContain('\u001b[31m');
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderReport(troubledBoot, ascii));
  });

  it.each([firstBoot, lateBoot, troubledBoot, muteBoot])(
    'keeps to 80 columns and to the printable ones',
    (report) => {
      const long = 'x'.repeat(300);
      const hostile = {
        ...report,
        hostname: 'web\u001b[31m',
        warnings: [long, 'two\nlines'],
        steps: report.steps.map((step) => ({ ...step, reason: `${long} \u0007`, remedy: long })),
      };
      for (const line of renderReport(hostile, ascii).split('\n')) expect(line).toMatch(/^[ -~]{0,80}$/);
    },
  );
});

describe('the status', () => {
  it('of a boot with both stages shows how the scripts ended', async () => {
    const scripts = {
      'operator-script': { started: firstBoot.started, milliseconds: 210, exit: 0 },
      'user-script': { started: lateBoot.started, milliseconds: 12_300, exit: 3 },
      'hook:10-register': { started: lateBoot.started, milliseconds: 60_000, exit: null, signal: 'SIGTERM' },
    };
    await expect(renderStatus({ early: firstBoot, late: lateBoot, scripts }, unicode)).toMatchFileSnapshot(
      'golden/status.txt',
    );
  });

  it('of a machine where nothing ran yet says what to do', async () => {
    await expect(renderStatus({ early: undefined, late: undefined, scripts: {} }, ascii)).toMatchFileSnapshot(
      'golden/status-none.txt',
    );
  });
});
