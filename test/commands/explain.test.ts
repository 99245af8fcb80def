import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments, UsageError } from '../../agent/commands/arguments.ts';
import { run } from '../../agent/commands/explain.ts';
import type { Report } from '../../agent/report/report.ts';
import { capturedIo } from '../support/captured-io.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { firstBoot } from './sample-reports.ts';

const folder = 'var/lib/lx-agent';
const written = 'web-1\n';
const first: Report = { ...firstBoot, kind: 'boot', boot: 'the first', recorded: true };
/** The next boot looked at the same files and changed nothing. */
const second: Report = {
  ...first,
  boot: 'the second',
  started: '2026-11-24T02:09:22.481Z',
  steps: first.steps.map((step) => ({
    ...step,
    result: 'unchanged' as const,
    changes: step.changes.map((change) => ({ ...change, result: 'unchanged' as const })),
  })),
};
const tree: Tree = {
  [`${folder}/report-early-20261123020922481.json`]: JSON.stringify(first),
  [`${folder}/report-early.json`]: JSON.stringify(second),
  [`${folder}/state.json`]: JSON.stringify({
    version: 1,
    // By sha256sum(1).
    files: {
      '/etc/hostname': 'dc62610acddd8a12f58dcd72011fb21c1a4d20bcfdcd1fae0240e06a9bd130f8',
      '/etc/gone': '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    },
    scripts: {},
  }),
  'etc/hostname': written,
  'etc/hosts': '127.0.0.1 localhost\n192.0.2.10 web-1\n',
};

async function explain(more: Tree, ...words: string[]) {
  const io = capturedIo();
  const root = temporaryRoot({ ...tree, ...more });
  utimesSync(join(root, 'etc/hostname'), 1_795_399_762, 1_795_399_762);
  const exit = await run(parseArguments(['explain', '--root', root, ...words]), io);
  return { exit, ...io.said };
}

async function ownerOf(more: Tree, path: string) {
  const { exit, stdout } = await explain(more, path, '--json');
  const { owner } = JSON.parse(stdout);
  return { exit, owner };
}

describe('lx-agent explain PATH', () => {
  it('tells who wrote a file, from which key, when, and whose it is', async () => {
    const { exit, stdout } = await explain({}, '/etc/hostname');
    expect(exit).toBe(0);
    await expect(stdout).toMatchFileSnapshot('golden/explain-file.txt');
  });

  it('tells what somebody edited, with the copy of what was taken over before', async () => {
    const backup = `${folder}/backup/etc_hostname.20261122T010203Z`;
    const { stdout } = await explain(
      {
        'etc/hostname': 'mine\n',
        [backup]: 'old\n',
        [`${backup}.2`]: 'older\n',
        [`${folder}/backup/etc_hostname.d_x.20261122T010203Z`]: '',
      },
      '/etc/hostname',
    );
    await expect(stdout).toMatchFileSnapshot('golden/explain-edited.txt');
  });

  it.each([
    ['a file of others that it only adds to', { exit: 0, owner: 'shared' }, '/etc/hosts', {}],
    ['a path that is spelled oddly', { exit: 0, owner: 'agent' }, '/etc//./hostname', {}],
    ['a file that it never met', { exit: 1, owner: 'others' }, '/etc/motd', { 'etc/motd': 'hi\n' }],
    ['nothing', { exit: 1, owner: 'none' }, '/etc/motd', {}],
    [
      'what the platform wrote over it',
      { exit: 0, owner: 'platform' },
      '/etc/hostname',
      { 'etc/hostname': '# AUTOMATIC ZONE CONFIG\nweb-1\n' },
    ],
    [
      'a link on record that somebody made lead elsewhere',
      { exit: 0, owner: 'edited' },
      '/etc/mtab',
      {
        'etc/mtab': '-> /tmp/mtab',
        [`${folder}/state.json`]: JSON.stringify({
          version: 1,
          files: { '/etc/mtab': 'link ../proc/self/mounts' },
          scripts: {},
        }),
      },
    ],
    ['its own records', { exit: 0, owner: 'agent' }, '/var/lib/lx-agent/state.json', {}],
    [
      'a host key that a program made',
      { exit: 0, owner: 'agent' },
      '/etc/ssh/ssh_host_rsa_key',
      {
        'etc/ssh/ssh_host_rsa_key': 'key\n',
        [`${folder}/report-early.json`]: JSON.stringify({
          ...second,
          steps: [
            {
              ...second.steps[0],
              name: 'ssh-host-keys',
              changes: [
                {
                  kind: 'generated',
                  what: '/etc/ssh/{ssh_host_rsa_key,ssh_host_rsa_key.pub}',
                  why: 'it was missing',
                  result: 'changed',
                },
              ],
            },
          ],
        }),
      },
    ],
    [
      'a file when the record of what was written is lost',
      { exit: 0, owner: 'unknown' },
      '/etc/hostname',
      { [`${folder}/state.json`]: 'torn {' },
    ],
  ])('tells %s', async (_, expected, path, more) => {
    expect(await ownerOf(more, path)).toEqual(expected);
  });
});

describe('lx-agent explain STEP', () => {
  it('tells what it does, reads, did last, and whose its files are', async () => {
    const { exit, stdout } = await explain(
      { 'etc/lx-agent.ini': '[steps]\nhostname = off\n', 'etc/hostname': 'mine\n' },
      'hostname',
    );
    expect(exit).toBe(0);
    await expect(stdout).toMatchFileSnapshot('golden/explain-step.txt');
  });

  it('explains a step that never ran', async () => {
    const { exit, stdout } = await explain({}, 'late-hooks');
    expect(exit).toBe(0);
    expect(stdout).toContain('none on record');
  });

  it('takes what is neither step nor path for a mistyped step', async () => {
    await expect(explain({}, 'hostnme')).rejects.toThrow(UsageError);
  });
});
