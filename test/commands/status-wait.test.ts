import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { waitForBoot } from '../../agent/commands/status-wait.ts';
import type { Report } from '../../agent/report/report.ts';
import { keepReport } from '../../agent/report/report-file.ts';
import { whileLateStageRuns } from '../../agent/steps/late-stage-lock.ts';
import { bootIdentity } from '../../agent/system/boot.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { processIdentity } from '../../agent/system/process-identity.ts';
import type { Root } from '../../agent/system/root.ts';
import { writeScriptsOfBoot } from '../../agent/system/scripts-of-boot.ts';
import { liveRoot, ranIn } from '../steps/fixture.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { firstBoot, lateBoot } from './sample-reports.ts';

const boot = bootIdentity();
const running = { agent: processIdentity(process.pid) };

function keep(root: Root, report: Report): void {
  const filing = { bootStage: true, beforeInit: false, madeUp: [] };
  keepReport(root, { ...report, boot }, filing);
}

describe('status --wait', () => {
  it('waits for the reports of both stages of this boot', async () => {
    const root = liveRoot(temporaryRoot({ run: null }));
    expect(await waitForBoot(root, 0)).toContain('the early stage of this boot has written no report');
    keepReport(root, { ...lateBoot, boot: 'another' }, { bootStage: true, beforeInit: false, madeUp: [] });
    keep(root, firstBoot);
    expect(await waitForBoot(root, 0)).toContain('the late stage of this boot has written no report');
    keep(root, lateBoot);
    expect(await waitForBoot(root, 0)).toBeUndefined();
  });

  it('waits for a script, whoever runs it, and for a late stage that is at work', async () => {
    const root = liveRoot(temporaryRoot({ run: null }));
    keep(root, firstBoot);
    keep(root, lateBoot);
    const record = { ...ranIn(boot ?? ''), exit: null };
    writeScriptsOfBoot(root, boot, { 'user-script': { ...record, running } });
    expect(await waitForBoot(root, 0)).toContain(
      `the user-script is still running: process ${process.pid}, since`,
    );
    let ended = false;
    const waiting = waitForBoot(root, 60).then((missing) => {
      ended = true;
      return missing;
    });
    await delay(20);
    expect(ended).toBe(false);
    writeScriptsOfBoot(root, boot, { 'user-script': { ...record, exit: 0 } });
    expect(await waiting).toBeUndefined();
    await whileLateStageRuns(root, async () => {
      expect(await waitForBoot(root, 0)).toContain(`the late stage is still running: process ${process.pid}`);
    });
    expect(await waitForBoot(root, 0)).toBeUndefined();
  });

  it('does not wait on a root that is not running', async () => {
    expect(await waitForBoot(openRoot(temporaryRoot()), 600)).toBeUndefined();
  });
});
