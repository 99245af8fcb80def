import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../agent/commands/arguments.ts';
import { run } from '../../agent/commands/timeline.ts';
import { chainsOf, criticalChain, renderBlame, renderChains } from '../../agent/commands/timeline-chain.ts';
import { drawTimeline } from '../../agent/commands/timeline-svg.ts';
import { renderTimeline } from '../../agent/commands/timeline-text.ts';
import { onOneAxis, runTrack, unitTrack } from '../../agent/commands/timeline-tracks.ts';
import type { Report } from '../../agent/report/report.ts';
import { parseUnitTimes } from '../../agent/system/systemd-units.ts';
import { capturedIo } from '../support/captured-io.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { firstBoot, lateBoot, muteBoot } from './sample-reports.ts';

const unit = (name: string, start: number, end: number, after = '') =>
  `Id=${name}\nAfter=${after}\nInactiveExitTimestampMonotonic=${start}\nActiveEnterTimestampMonotonic=${end}\n`;
const units = parseUnitTimes(
  'UserspaceTimestampMonotonic=1000000\n',
  [
    unit('systemd-journald.service', 1_100_000, 1_190_000),
    unit('lx-agent-early.service', 1_300_000, 1_342_000, 'systemd-journald.service local-fs.target'),
    unit('networking.service', 1_345_000, 1_420_000, 'lx-agent-early.service systemd-journald.service'),
    unit('ssh.service', 1_500_000, 1_533_000, 'networking.service'),
    unit(
      'lx-agent-late.service',
      1_600_000,
      1_640_000,
      'networking.service lx-agent-early.service apt-daily.service',
    ),
    unit('multi-user.target', 1_534_000, 1_534_000, 'ssh.service networking.service'),
    unit('apt-daily.service', 9_000_000, 12_000_000),
    unit('never-started.service', 0, 0),
    unit('starting-again.service', 8_000_000, 1_000_000),
  ].join('\n'),
);

const boot = [
  { report: { ...firstBoot, kind: 'boot' as const }, stages: ['early'] as const },
  { report: { ...lateBoot, kind: 'boot' as const }, stages: ['late'] as const },
];

describe('the timeline', () => {
  it('of a boot under systemd, as text', async () => {
    const tracks = onOneAxis(boot, units);
    await expect(renderTimeline(tracks, { colour: false, unicode: false })).toMatchFileSnapshot(
      'golden/timeline.txt',
    );
    await expect(renderTimeline(tracks, { colour: false, unicode: true })).toMatchFileSnapshot(
      'golden/timeline-unicode.txt',
    );
  });

  it('and as a picture', async () => {
    const tracks = onOneAxis(boot, units);
    await expect(
      drawTimeline(tracks, 'lx-agent on web-1: <where> the "time" went & \u0007'),
    ).toMatchFileSnapshot('golden/timeline.svg');
  });

  it('shows metadata that was waited for in vain', () => {
    const spans = [{ name: 'metadata', start: 30, end: 15_030 }];
    expect(runTrack({ ...muteBoot, spans }, ['early']).bars).toMatchObject([
      { name: 'metadata (failed)', kind: 'failed' },
      { name: 'report and exit' },
    ]);
  });

  it('leaves out units that have nothing to do with this boot of the agent', () => {
    expect(unitTrack(units)?.bars.map(({ name }) => name)).toEqual([
      'systemd-journald.service',
      'lx-agent-early.service',
      'networking.service',
      'ssh.service',
      'multi-user.target',
      'lx-agent-late.service',
    ]);
    expect(unitTrack(units.filter(({ name }) => !name.startsWith('lx-agent')))).toBeUndefined();
  });

  it('keeps to 80 columns, however short or long what took the time', () => {
    const long = {
      ...firstBoot,
      milliseconds: 1e9,
      spans: [{ name: 'n\u001b'.repeat(40), start: 0, end: 1e9 }],
    };
    const none = { ...firstBoot, milliseconds: 0, spans: [{ name: 'nothing', start: 0, end: 0 }] };
    for (const report of [long, none])
      for (const line of renderTimeline([runTrack(report, ['early'])], {
        colour: false,
        unicode: false,
      }).split('\n'))
        expect(line).toMatch(/^[ -~]{0,80}$/);
  });
});

describe('one axis', () => {
  it('begins with the first of all, and has the units where the agent that one of them started is', () => {
    const [early, late, ofUnits] = onOneAxis(boot, units);
    // The early unit began 200 ms after the first unit that is shown.
    expect([early?.offset, late?.offset, ofUnits?.offset]).toEqual([200, 2721, 0]);
  });

  it('has the units alone where no run is on record', () => {
    expect(onOneAxis([], units)).toMatchObject([{ offset: 0 }]);
  });

  it('is not moved by a run that no unit started', () => {
    const [run] = boot;
    const before = {
      ...run,
      report: { ...firstBoot, kind: 'before init' as const },
      stages: ['early'] as const,
    };
    expect(onOneAxis([before], units)).toMatchObject([{ offset: 0 }, { offset: 0 }]);
  });

  it('tells what failed, what changed and what did not by more than a colour', () => {
    const report: Report = {
      ...firstBoot,
      steps: firstBoot.steps.map((step) => (step.name === 'zfs' ? { ...step, result: 'failed' } : step)),
    };
    const kinds = runTrack(report, ['early']).bars.map(({ name, kind }) => `${name}: ${kind}`);
    expect(kinds).toEqual(
      expect.arrayContaining([
        'hostname: changed',
        'resolvers: unchanged',
        'zfs: failed',
        'metadata: metadata',
      ]),
    );
    const text = renderTimeline([runTrack(report, ['early'])], { colour: false, unicode: false });
    expect(text).toMatch(/^ {2}zfs +x /m);
    expect(text).toMatch(/x failed/);
  });
});

describe('a critical chain', () => {
  it('goes from the end of the boot to its start, each time to what was up last before it', () => {
    expect(chainsOf(units).map((chain) => chain.map(({ name }) => name))).toEqual([
      [
        'multi-user.target',
        'ssh.service',
        'networking.service',
        'lx-agent-early.service',
        'systemd-journald.service',
      ],
      ['lx-agent-late.service', 'networking.service', 'lx-agent-early.service', 'systemd-journald.service'],
    ]);
  });

  it('ends where units wait for each other', () => {
    const circle = parseUnitTimes(
      'UserspaceTimestampMonotonic=1\n',
      [unit('a.service', 5, 5, 'b.service'), unit('b.service', 5, 5, 'a.service')].join('\n'),
    );
    expect(criticalChain(circle, 'a.service')?.map(({ name }) => name)).toEqual(['a.service', 'b.service']);
    expect(criticalChain(circle, 'c.service')).toBeUndefined();
  });

  it('is shown with when each unit was up, and how long it took', async () => {
    await expect(renderChains(chainsOf(units), { colour: false, unicode: false })).toMatchFileSnapshot(
      'golden/timeline-chain.txt',
    );
  });
});

it('blames what took longest, first', async () => {
  await expect(renderBlame(onOneAxis(boot, units), { colour: false, unicode: false })).toMatchFileSnapshot(
    'golden/timeline-blame.txt',
  );
});

describe('lx-agent timeline', () => {
  const early = 'var/lib/lx-agent/report-early.json';
  const late = 'var/lib/lx-agent/report-late.json';
  const timeline = async (root: string, ...options: string[]) => {
    const io = capturedIo();
    const exit = await run(parseArguments(['timeline', '--root', root, ...options]), io);
    return { exit, ...io.said };
  };

  it('shows each run once', async () => {
    const two = temporaryRoot({ [early]: JSON.stringify(firstBoot), [late]: JSON.stringify(lateBoot) });
    expect((await timeline(two)).stdout.match(/stage, /g)).toHaveLength(2);
    const one = temporaryRoot({ [early]: JSON.stringify(firstBoot), [late]: JSON.stringify(firstBoot) });
    expect((await timeline(one)).stdout).toContain('early and late stage, 2026-11-23 02:09:22 UTC');
  });

  it('writes a picture', async () => {
    const root = temporaryRoot({ [early]: JSON.stringify(firstBoot) });
    const file = join(root, 'boot.svg');
    expect(await timeline(root, '--svg', file)).toEqual({
      exit: 0,
      stdout: '',
      stderr: `lx-agent: the picture is in ${file}\n`,
    });
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('names a file that it cannot write', async () => {
    const root = temporaryRoot({ [early]: JSON.stringify(firstBoot) });
    await expect(timeline(root, '--svg', join(root, 'none/boot.svg'))).rejects.toThrow(
      /^cannot write .*none\/boot.svg: no such file or directory; choose a file/,
    );
  });

  it('prints one JSON object', async () => {
    const root = temporaryRoot({ [early]: JSON.stringify(firstBoot) });
    expect(JSON.parse((await timeline(root, '--json')).stdout)).toMatchObject({ version: 1, tracks: [{}] });
  });

  it('lists what took time, and has no chain of units on another root', async () => {
    const root = temporaryRoot({ [early]: JSON.stringify(firstBoot) });
    expect((await timeline(root, '--blame')).stdout).toMatch(/^ +1\.6 s ssh-host-keys \(early stage\)\n/);
    expect(JSON.parse((await timeline(root, '--blame', '--json')).stdout)).toMatchObject({
      version: 1,
      blame: [{ name: 'ssh-host-keys (early stage)', milliseconds: 1640 }, {}, {}, {}, {}, {}, {}, {}, {}],
    });
    expect(await timeline(root, '--chain')).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('--chain needs the units of a running systemd'),
    });
  });

  it('says what to do where nothing ran yet', async () => {
    expect(await timeline(temporaryRoot())).toMatchObject({
      exit: 1,
      stdout: '',
      stderr: expect.stringContaining('lx-agent doctor'),
    });
  });
});
