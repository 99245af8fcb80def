import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../agent/commands/arguments.ts';
import { run } from '../../agent/commands/status.ts';
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

  it('answers 0 when all went well, 2 without metadata, 1 without a report', async () => {
    expect((await status(temporaryRoot({ [early]: JSON.stringify(firstBoot) }))).exit).toBe(0);
    expect((await status(temporaryRoot({ [early]: JSON.stringify(muteBoot) }))).exit).toBe(2);
    expect((await status(temporaryRoot())).exit).toBe(1);
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
      '/var/lib/lx-agent/report-early.json is no report of this program; lx-agent run writes a new one',
    );
  });
});
