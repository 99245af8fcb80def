import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { become, contents, initTrees } from '../support/exchanged-init.ts';
import { plant, temporaryRoot } from '../support/temporary-root.ts';

const program = '/usr/lib/lx-agent/lx-agent';

const names = Object.keys(initTrees);

/** A root of an init system; the program is there already, so that each installation need not write it. */
function rootOf(name: string): string {
  const root = temporaryRoot();
  mkdirSync(join(root, dirname(program)), { recursive: true });
  linkSync(agentBinary, join(root, program));
  become(root, undefined, name);
  return root;
}

function image(command: 'install' | 'uninstall', root: string, ...more: readonly string[]) {
  const runtime = command === 'install' ? ['--runtime', 'system'] : [];
  const argv = ['image', command, '--root', root, ...runtime, ...more];
  const { status, stdout, stderr } = spawnSync(agentBinary, argv, { encoding: 'utf8' });
  return { status, stdout: stdout.replaceAll(root, 'ROOT'), stderr: stderr.replaceAll(root, 'ROOT') };
}

/** What an installation on a fresh root of an init system leaves. */
const fresh = new Map<string, Record<string, string>>();
function freshly(name: string): Record<string, string> {
  const known = fresh.get(name);
  if (known !== undefined) return known;
  const root = rootOf(name);
  image('install', root);
  const done = contents(root);
  fresh.set(name, done);
  return done;
}

// Every pair of two, there and back. What the first installation decided is taken back when the root has changed.
describe.each(names)('a root whose init was exchanged after the agent was installed for %s', (first) => {
  it('is after each installation as if the init there had been its first, and after an uninstall without the agent', () => {
    const root = rootOf(first);
    const untouched = contents(root);
    image('install', root);
    for (const other of names.slice(names.indexOf(first) + 1))
      for (const [from, to] of [
        [first, other],
        [other, first],
      ] as const) {
        become(root, from, to);
        const { stdout } = image('install', root);
        expect(contents(root), `${from}, then ${to}`).toEqual(freshly(to));
        expect(stdout, `${from}, then ${to}`).not.toContain('left:');
      }
    expect(image('uninstall', root).stdout).not.toContain('kept:');
    expect(contents(root)).toEqual(untouched);
  }, 120_000);
});

describe('a file that the agent shares with others', () => {
  const table = '/etc/inittab';
  const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8');

  it("keeps what OpenRC's package made of the inittab, without the early stage, and an uninstall leaves that", () => {
    const root = rootOf('BusyBox alone');
    image('install', root);
    expect(read(root, table)).toContain('::sysinit:/usr/bin/env -i /usr/bin/lx-agent run --stage early\n');
    plant(root, { '/sbin/openrc': 'ELF', '/etc/runlevels/boot/networking': '-> /etc/init.d/networking' });
    const openrc = '::sysinit:/sbin/openrc sysinit\n::sysinit:/sbin/openrc boot\n';
    writeFileSync(join(root, table), read(root, table).replace('::sysinit:/etc/init.d/rcS\n', openrc));

    expect(image('install', root)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(
        'init system: openrc; the files for busybox, which was there before, were removed\n',
      ),
    });
    expect(read(root, table)).not.toMatch(/stage early|early stage/);
    expect(read(root, table).match(/late-stage start/g)).toHaveLength(1);
    expect(lstatSync(join(root, '/etc/runlevels/boot/lx-agent-early')).isSymbolicLink()).toBe(true);
    image('uninstall', root);
    expect(read(root, table)).toBe(openrc);
  });

  it('has only the line of the agent taken out of an rc.local that somebody went on with', () => {
    const root = rootOf('no init');
    image('install', root);
    const local = '/etc/rc.local';
    expect(read(root, local)).toBe('#!/bin/sh\n/usr/lib/lx-agent/boot\n');
    writeFileSync(join(root, local), `${read(root, local)}/opt/start\n`);
    become(root, 'no init', 'systemd');
    expect(image('install', root)).toMatchObject({ status: 0, stderr: '' });
    expect(read(root, local)).toBe('#!/bin/sh\n/opt/start\n');
    image('uninstall', root);
    expect(read(root, local)).toBe('#!/bin/sh\n/opt/start\n');
  });

  it('goes again when the agent made it: a table of BusyBox, which OpenRC does not read', () => {
    const root = temporaryRoot({ '/sbin/init': '-> ../bin/busybox' });
    image('install', root);
    expect(read(root, table)).toContain('lx-agent run --stage early');
    plant(root, { '/sbin/openrc': 'ELF', '/etc/runlevels/boot/networking': '-> /etc/init.d/networking' });
    image('install', root);
    expect(lstatSync(join(root, table), { throwIfNoEntry: false })).toBeUndefined();
    expect(readlinkSync(join(root, 'etc/runlevels/default/lx-agent-late'))).toBe('/etc/init.d/lx-agent-late');
  });
});

it('gives the early stage of sysvinit another number when it would come before the mounts', () => {
  const root = rootOf('sysvinit');
  rmSync(join(root, '/etc/rcS.d/S09networking'));
  image('install', root);
  expect(readdirSync(join(root, '/etc/rcS.d'))).toEqual(['S01lx-agent-early']);
  plant(root, { '/etc/rcS.d/S06mountall.sh': '-> ../init.d/mountall.sh' });
  image('install', root);
  expect(readdirSync(join(root, '/etc/rcS.d'))).toEqual(['S06mountall.sh', 'S07lx-agent-early']);
});

describe('where nothing is known to start the agent', () => {
  it.each([
    ['there is no init system', {}, 1],
    ['nothing runs its rc.local', { '/sbin/init': 'ELF', '/etc/rc.local': '#!/bin/sh\n/opt/start\n' }, 1],
    // Perhaps it runs rc.local.
    ['the init is of no known system', { '/sbin/init': 'ELF' }, 0],
  ])(
    'install says so, with an exit status, once more when it is repeated: %s',
    async (name, tree, status) => {
      const root = temporaryRoot({ '/bin/sh': 'ELF', ...tree });
      const said = image('install', root);
      expect(said.status).toBe(status);
      await expect(said.stderr).toMatchFileSnapshot(`golden/install-${name.replaceAll(' ', '-')}.txt`);
      expect(image('install', root)).toMatchObject({ status, stderr: said.stderr });
      expect(image('install', root, '--dry-run')).toMatchObject({ status, stderr: said.stderr });
      const asJson = image('install', root, '--json');
      expect(asJson).toMatchObject({ status, stderr: '' });
      expect(`lx-agent: ${v.parse(withDoubt, JSON.parse(asJson.stdout)).doubt}\n`).toBe(said.stderr);
      // A package is installed all the same: the init may come with another one.
      expect(image('install', root, '--without-init')).toMatchObject({ status: 0, stderr: said.stderr });
    },
  );

  it('an rc.local that the image has, with an init that runs it, is enough', () => {
    const root = temporaryRoot({ '/sbin/init': 'ELF', '/etc/rc.local': '#!/bin/sh\n/opt/start\n' });
    chmodSync(join(root, 'etc/rc.local'), 0o755);
    expect(image('install', root)).toMatchObject({ status: 0, stderr: '' });
    expect(image('install', root)).toMatchObject({ status: 0, stderr: '' });
  });
});

const withDoubt = v.object({ doubt: v.string() });
