import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { subject } from '../../agent/change/change.ts';
import { settle } from '../../agent/change/settle.ts';
import { steps } from '../../agent/steps/order.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import type { Root } from '../../agent/system/root.ts';
import { RootError } from '../../agent/system/root-error.ts';
import { emptyState } from '../../agent/system/state.ts';
import { images, instanceOf, sound } from '../support/tampered.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { systemAt } from './fixture.ts';

/** What may lie where a file is looked for. */
const oddThings: Readonly<Record<string, (path: string) => void>> = {
  'a folder': (path) => mkdirSync(path),
  'a FIFO': (path) => execFileSync('mkfifo', [path]),
  'a loop of links': (path) => execFileSync('ln', ['-s', path, path]),
  'a file of 17 MiB': (path) => {
    writeFileSync(path, '');
    truncateSync(path, 17 * 1024 * 1024);
  },
  'a broken link': (path) => symlinkSync('nowhere', path),
  'a link to a device': (path) => symlinkSync('/dev/null', path),
  'one endless line': (path) => writeFileSync(path, 'x'.repeat(1024 * 1024)),
  'invalid UTF-8': (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x0a, 0xc3, 0x28])),
};

/** What the steps read of an image, whatever it is for. */
const places = [
  '/etc/hosts',
  '/etc/hostname',
  '/etc/sysconfig/network',
  '/etc/conf.d/hostname',
  '/etc/resolvconf.conf',
  '/etc/network/interfaces',
  '/etc/network/interfaces.d/other',
  '/etc/sysconfig/network-scripts/ifcfg-other',
  '/etc/passwd',
  '/etc/group',
  '/etc/machine-id',
  '/var/lib/dbus/machine-id',
  '/etc/ssh/sshd_config',
  '/var/svc/mdata-user-script',
  '/run/lx-agent-network',
];

/** Folders of an image that the steps look into, or write in. */
const folders = [
  '/etc/conf.d',
  '/etc/network',
  '/etc/network/interfaces.d',
  '/etc/NetworkManager',
  '/etc/resolvconf',
  '/etc/ssh',
  '/etc/sysconfig',
  '/etc/sysconfig/network-scripts',
  '/etc/systemd',
  '/root',
  '/run',
  '/var/db',
  '/var/svc',
];

const instance = instanceOf(sound);

type Family = 'debian' | 'redhat' | 'gentoo' | 'suse';

function systemOf(path: string, family: Family, root: Root) {
  const distribution = { family, id: family, version: '1', name: family } as const;
  return systemAt(path, { root, distribution, init: family === 'gentoo' ? 'openrc' : 'systemd' });
}

/** What each step comes to: by Change the result, or why the step failed as a whole. */
async function outcomes(path: string, family: Family) {
  const root = openRoot(path);
  const system = systemOf(path, family, root);
  const found = new Map<string, string>();
  for (const step of steps)
    try {
      const plan = await step.plan(instance, system);
      if ('skip' in plan) continue;
      for (const settled of settle(plan, root, emptyState))
        found.set(
          `${step.name}: ${subject(settled.change)}`,
          settled.result === 'failed' ? settled.error.message : settled.result,
        );
    } catch (error) {
      found.set(step.name, String(error));
    }
  return found;
}

/** What each step plans, as text: its Changes with their content, or why it failed. */
async function plans(path: string, family: Family, root: Root) {
  const system = systemOf(path, family, root);
  const found = new Map<string, string>();
  for (const step of steps)
    try {
      found.set(step.name, JSON.stringify(await step.plan(instance, system)));
    } catch (error) {
      found.set(step.name, String(error));
    }
  return found;
}

const roots: Readonly<Record<string, { tree: Tree; family: Family }>> = {
  ...images,
  SUSE: {
    tree: { '/etc/sysconfig/network/config': 'NETCONFIG_DNS_POLICY="auto"\n', '/usr/sbin/wicked': '' },
    family: 'suse',
  },
};

describe.each(Object.entries(roots))('a root of %s', (_name, { tree, family }) => {
  it('that is sound has no step fail', async () => {
    const found = await outcomes(temporaryRoot(tree), family);
    expect([...found].filter(([, result]) => !['wanted', 'unchanged', 'listed'].includes(result))).toEqual(
      [],
    );
    expect([...found.keys()]).toContain('hostname: /etc/hostname');
  });

  it.each(Object.entries(oddThings))(
    'that has %s somewhere loses only what is there',
    async (_kind, make) => {
      const plain = await outcomes(temporaryRoot(tree), family);
      for (const place of places) {
        // On SUSE this is a folder, with files of the network service in it.
        if (family === 'suse' && place === '/etc/sysconfig/network') continue;
        const path = temporaryRoot(tree);
        rmSync(join(path, place), { recursive: true, force: true });
        mkdirSync(dirname(join(path, place)), { recursive: true });
        make(join(path, place));
        const found = await outcomes(path, family);
        for (const [what, result] of found)
          if (!['wanted', 'unchanged', 'listed', 'kept'].includes(result)) {
            expect(what, place).toMatch(new RegExp(`: ${place}$`));
            expect(result, place).toMatch(new RegExp(`^cannot (read|write|look at) ${place}: `));
          }
        const missing = [...plain.keys()].filter((what) => !found.has(what) && !what.endsWith(`: ${place}`));
        expect(missing, place).toEqual([]);
      }
    },
  );

  it('that has a file in the place of a folder loses only what belongs into that folder', async () => {
    const plain = await outcomes(temporaryRoot(tree), family);
    for (const folder of folders) {
      const path = temporaryRoot(tree);
      rmSync(join(path, folder), { recursive: true, force: true });
      mkdirSync(dirname(join(path, folder)), { recursive: true });
      writeFileSync(join(path, folder), 'not a folder\n');
      const found = await outcomes(path, family);
      for (const [what, result] of found)
        if (!['wanted', 'unchanged', 'listed', 'kept'].includes(result)) {
          expect(what, folder).toContain(`: ${folder}`);
          expect(result, folder).toMatch(new RegExp(`^cannot \\w+( at)? ${folder}`));
        }
      const elsewhere = [...plain.keys()].filter((what) => !/^(network|resolver): /.test(what));
      const missing = elsewhere.filter((what) => !found.has(what) && !what.includes(`: ${folder}`));
      expect(missing, folder).toEqual([]);
    }
  });

  it('that cannot be read at one place says so, and takes nothing for absent', async () => {
    const told: Tree = {
      ...tree,
      '/etc/passwd': 'root:x:0:0::/srv/admin:/bin/sh\n',
      '/etc/group': 'ssh_keys:x:101:\n',
      '/usr/libexec/openssh/ssh-keysign': '',
      '/usr/bin/ssh-keygen': '',
      '/etc/ssh/sshd_config': 'HostKey /etc/ssh/own_key\n',
      '/etc/machine-id': `${'c'.repeat(32)}\n`,
      '/var/lib/dbus/machine-id': `${'d'.repeat(32)}\n`,
      '/etc/hostname': 'image\n',
      '/etc/hosts': '127.0.1.1 image\n',
    };
    const path = temporaryRoot(told);
    const whole = openRoot(path);
    const plain = await plans(path, family, whole);
    // At the first look at a place, at the second one, or at each.
    for (const [place, which] of places.flatMap((one) => [1, 2, 0].map((when) => [one, when] as const))) {
      let looks = 0;
      const read: Root['read'] = (file, limit) => {
        if (file === place) looks += 1;
        if (file === place && [0, looks].includes(which)) throw new RootError('read', file, 'EIO');
        return whole.read(file, limit);
      };
      const readText: Root['readText'] = (file, limit) => read(file, limit)?.toString();
      for (const [step, plan] of await plans(path, family, { ...whole, read, readText }))
        if (plan !== plain.get(step)) expect(plan, `${step} at ${place}`).toContain('EIO');
    }
  });
});
