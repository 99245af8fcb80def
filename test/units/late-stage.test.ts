import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { unitText } from '../../agent/image/assets.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { readUpstartJob } from './upstart-job.ts';

const lateMark = '/run/lx-agent-late.idle';

/** The shell scripts by which inits start the late stage; systemd has a condition for it, which the boot tests hold. */
const starters: readonly (readonly [string, string])[] = [
  ['late-stage start (sysvinit, OpenRC, BusyBox, Red Hat 6, rc.local)', unitText('common/late-stage')],
  ['the runit service', unitText('runit/lx-agent-late.run')],
  ['the Upstart job', readUpstartJob(unitText('upstart/lx-agent-late.conf')).main.text],
];

/** Run such a script with a /run and an agent of the test's own; the folder, in which the agent leaves `started`. */
function started(script: string, marked: boolean): string {
  const folder = temporaryRoot({
    '/run': null,
    '/supervise': null,
    '/agent': '#!/bin/sh\necho "$@" >"$(dirname "$0")/started"\n',
    ...(marked ? { [lateMark]: '' } : {}),
  });
  chmodSync(join(folder, 'agent'), 0o755);
  const text = script
    .replaceAll('/run/', `${folder}/run/`)
    .replaceAll('/usr/bin/lx-agent', `${folder}/agent`);
  const { status, stderr } = spawnSync('/bin/sh', ['-ec', text, 'late', 'start'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return folder;
}

describe.each(starters)('%s', (_name, script) => {
  test('starts the agent where the early stage left no mark', async () => {
    const folder = started(script, false);
    await vi.waitFor(() => expect(existsSync(join(folder, 'started'))).toBe(true));
  });

  test('starts nothing where it did, and ends well', () => {
    const folder = started(script, true);
    expect(existsSync(join(folder, 'started'))).toBe(false);
    expect(existsSync(join(folder, 'run/lx-agent-late.pid'))).toBe(false);
  });
});

test('the systemd unit asks for the same mark', () => {
  expect(unitText('systemd/lx-agent-late.service')).toContain(`ConditionPathExists=!${lateMark}\n`);
});
