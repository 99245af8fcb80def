import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../agent/commands/arguments.ts';
import { run } from '../../agent/commands/status.ts';
import type { Report } from '../../agent/report/report.ts';
import { capturedIo } from '../support/captured-io.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { firstBoot, lateBoot, muteBoot } from './sample-reports.ts';

const early = 'var/lib/lx-agent/report-early.json';
const late = 'var/lib/lx-agent/report-late.json';

const status = async (root: string, ...options: string[]) => {
  const io = capturedIo();
  const exit = await run(parseArguments(['status', '--root', root, ...options]), io);
  return { exit, ...io.said };
};

describe('lx-agent status', () => {
  it('answers with the worst of both stages', async () => {
    const root = temporaryRoot({ [early]: JSON.stringify(firstBoot), [late]: JSON.stringify(lateBoot) });
    const { exit, stdout } = await status(root);
    expect(exit).toBe(1);
    expect(stdout).toContain('early stage');
    expect(stdout).toContain('late stage');
  });

  it('tells once of the metadata that one run had for both stages', async () => {
    const sameRun = { ...firstBoot, steps: lateBoot.steps };
    const root = temporaryRoot({ [early]: JSON.stringify(firstBoot), [late]: JSON.stringify(sameRun) });
    const { stdout } = await status(root);
    expect(stdout.match(/^(early|late) stage|^ {2}. metadata /gm)).toEqual([
      'early stage',
      '  . metadata ',
      'late stage',
    ]);
  });

  it('calls an instance that learnt no name by the one on record', async () => {
    const earlier = 'var/lib/lx-agent/report-early-20261122010000000.json';
    const tree = {
      [earlier]: JSON.stringify({ ...firstBoot, boot: 'earlier', started: '2026-11-22T01:00:00.000Z' }),
      [early]: JSON.stringify({ ...muteBoot, boot: 'last' }),
    };
    expect((await status(temporaryRoot(tree))).stdout).toMatch(new RegExp(`^${firstBoot.hostname}\n`));
    expect((await status(temporaryRoot({ [early]: JSON.stringify(muteBoot) }))).stdout).toMatch(
      /^instance name unknown\n/,
    );
  });

  it('answers 0 when all went well, 2 without metadata, 1 without a report', async () => {
    expect((await status(temporaryRoot({ [early]: JSON.stringify(firstBoot) }))).exit).toBe(0);
    expect((await status(temporaryRoot({ [early]: JSON.stringify(muteBoot) }))).exit).toBe(2);
    expect((await status(temporaryRoot())).exit).toBe(1);
  });

  it('tells the last boot, and apart from it what was run by hand since then', async () => {
    const byHand = (minute: number, report: Report) => ({
      [`var/lib/lx-agent/report-run-2026112309${minute}00000-7.json`]: JSON.stringify({
        ...report,
        kind: 'run',
        started: `2026-11-23T09:${minute}:00.000Z`,
      }),
    });
    const tree = { [early]: JSON.stringify(firstBoot), ...byHand(10, muteBoot) };
    const mute = await status(temporaryRoot(tree));
    expect(mute.exit).toBe(0);
    expect(mute.stdout).toContain('early stage, 2026-11-23 02:09:22 UTC');
    expect(mute.stdout).toMatch(
      /^runs by hand since then\n {2}. 2026-11-23 09:10:00 UTC +the early stage .*\n +no metadata$/m,
    );

    const named: Report = { ...lateBoot, named: ['user-script'] };
    const failed = await status(temporaryRoot({ ...tree, ...byHand(11, named) }));
    expect(failed.exit).toBe(1);
    expect(failed.stdout).toContain('failed: user-script');
    expect(failed.stdout).toContain('exit status 3');
    const json = await status(temporaryRoot({ ...tree, ...byHand(11, named) }), '--json');
    expect(JSON.parse(json.stdout).runs.map(({ exit }: Report) => exit)).toEqual([1, 2]);
  });

  it('leaves out a stage of another boot than the last', async () => {
    const next = { ...firstBoot, boot: 'the next', started: '2026-11-24T02:09:22.481Z' };
    const root = temporaryRoot({ [early]: JSON.stringify(next), [late]: JSON.stringify(lateBoot) });
    const { exit, stdout } = await status(root);
    expect(exit).toBe(0);
    expect(stdout).not.toContain('late stage');
  });

  it('shows the report of one stage when that of the other is none', async () => {
    const root = temporaryRoot({ [early]: JSON.stringify(firstBoot), [late]: 'nonsense' });
    const { exit, stdout, stderr } = await status(root);
    expect({ exit, stderr }).toEqual({
      exit: 0,
      stderr:
        'lx-agent: /var/lib/lx-agent/report-late.json is not a report of lx-agent; lx-agent run writes a new one\n',
    });
    expect(stdout).toContain('early stage');
  });

  it('prints one JSON object', async () => {
    const root = temporaryRoot({ [early]: JSON.stringify(firstBoot) });
    const { stdout } = await status(root, '--json');
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      early: JSON.parse(JSON.stringify(firstBoot)),
      scripts: {},
    });
  });

  it('names a report that is none', async () => {
    const root = temporaryRoot({ [early]: '{"version": 1' });
    await expect(status(root)).rejects.toThrow(
      '/var/lib/lx-agent/report-early.json is not a report of lx-agent; lx-agent run writes a new one',
    );
  });
});
