import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unitText } from '../../agent/image/assets.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { readUpstartJob } from './upstart-job.ts';

// A stage that failed is not done again in the same boot by a later runlevel or event, and an operator can have it done
// again. OpenRC and systemd are booted (openrc-runlevels, failed-stage); here is what no boot of Debian's shows.

/** A folder with an agent that fails and counts how often it ran; scripts are run with their paths below it. */
function place(tree: Tree = {}) {
  const folder = temporaryRoot({
    '/run': null,
    '/var/lock/subsys': null,
    '/agent': `#!/bin/sh\necho ran >>"$(dirname "$0")/runs"\nexit 1\n`,
    ...tree,
  });
  chmodSync(join(folder, 'agent'), 0o755);
  return {
    path: (name: string) => join(folder, name),
    runs: () => (existsSync(join(folder, 'runs')) ? readFileSync(join(folder, 'runs'), 'utf8') : ''),
    sh(script: string, env: NodeJS.ProcessEnv = {}, ...args: readonly string[]) {
      const text = script
        .replaceAll(/\/(run|var\/lock)\//g, `${folder}/$1/`)
        .replaceAll('/usr/bin/lx-agent', `${folder}/agent`);
      return spawnSync('/bin/sh', ['-c', text, 'unit', ...args], { encoding: 'utf8', env }).status;
    },
  };
}

describe.each(['early', 'late'])("Upstart's %s job", (stage) => {
  const script = readUpstartJob(unitText(`upstart/lx-agent-${stage}.conf`)).main.text;

  test('runs once for all events of a boot, and again for an operator', () => {
    const { sh, runs } = place();
    expect(sh(script, { UPSTART_EVENTS: 'filesystem' })).toBe(1);
    expect(sh(script, { UPSTART_EVENTS: 'starting' })).toBe(0);
    expect(runs()).toBe('ran\n');
    expect(sh(script)).toBe(1);
    expect(runs()).toBe('ran\nran\n');
  });
});

test("Red Hat 6's rc finds the mark of an early stage that failed, and starts it in no later runlevel", () => {
  const { sh, path } = place();
  expect(sh(unitText('redhat6/lx-agent-early'), {}, 'start')).toBe(1);
  expect(existsSync(path('var/lock/subsys/lx-agent-early'))).toBe(true);
});

describe("OpenRC's early service", () => {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  /** What openrc-run has for a script, and who starts it. */
  const start = (byOpenrc: boolean) => `
    ebegin() { :; }; eerror() { :; }; eend() { return "$1"; }
    RC_SVCDIR=/run/openrc
    ${unitText('openrc/lx-agent-early')}
    started_by_openrc() { ${byOpenrc}; }
    start`;

  test.each([
    ['nothing is on record', '', true, 1, 'ran\n'],
    ['it failed in this boot', `${boot} 2\n`, true, 2, ''],
    ['it failed in this boot, and an operator starts it', `${boot} 2\n`, false, 1, 'ran\n'],
    ['it went well in this boot, and a runlevel was left and entered again', `${boot} 0\n`, true, 0, ''],
    ['the record is of an earlier boot', '00000000-0000-4000-8000-000000000000 1\n', true, 1, 'ran\n'],
    ['the record was cut short', `${boot}`, true, 1, 'ran\n'],
  ])('%s', (_case, record, byOpenrc, status, ran) => {
    const { sh, runs, path } = place({ '/run/openrc/lx-agent-early.ended': record });
    expect(sh(start(byOpenrc))).toBe(status);
    expect(runs()).toBe(ran);
    if (ran !== '') expect(readFileSync(path('run/openrc/lx-agent-early.ended'), 'utf8')).toBe(`${boot} 1\n`);
  });
});

test('the late stage in the background is not taken for failed where its number cannot be written', () => {
  const { sh } = place({ '/run/lx-agent-late.pid/in-the-way': '' });
  expect(sh(unitText('common/late-stage'), { PATH: process.env.PATH }, 'start')).toBe(0);
});
