import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../../agent/change/apply.ts';
import { settle } from '../../agent/change/settle.ts';
import { standIns } from '../../agent/steps/stand-ins.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { patchBusybox, patchRedhat } from '../support/platform-patches.ts';
import { planned, scratchSystem } from '../support/scratch-system.ts';

const centos = { family: 'redhat', id: 'centos', version: '6.10', name: 'CentOS 6' } as const;
const alpine = { family: 'alpine', id: 'alpine', version: '3.20', name: 'Alpine' } as const;
const networking = '/etc/init.d/networking';
const network = '/etc/rc.d/init.d/network';
const openrcScript = '#!/sbin/openrc-run\nstart() {\n\tifup -a\n}\n';
const redhatScript =
  '#!/bin/bash\n. /etc/sysconfig/network-scripts/network-functions\nifup eth0\ntouch /var/lock/subsys/network\n';

async function wanted(path: string, text: string, patch?: (root: string) => void) {
  const isAlpine = path === networking;
  const system = scratchSystem(
    { [path]: text },
    isAlpine ? { init: 'openrc', distribution: alpine } : { init: 'upstart', distribution: centos },
  );
  patch?.(system.root.path);
  return { system, changes: await planned(standIns, {}, system) };
}

describe("a stand-in of the platform's that cannot be started is replaced before the network service starts", () => {
  it.each([
    [
      'Alpine, until 2023',
      networking,
      openrcScript,
      (root: string) => patchBusybox(root, { resolvers: ['192.0.2.1'], year: 2021 }),
    ],
    [
      'Red Hat 6, since 2021',
      network,
      redhatScript,
      (root: string) => patchRedhat(root, { resolvers: ['192.0.2.1'] }),
    ],
  ])('%s', async (_name, path, text, patch) => {
    const { system, changes } = await wanted(path, text, patch);
    expect(changes).toMatchObject([{ kind: 'file', path, mode: 0o755 }]);
    const root = openRoot(system.root.path);
    for (const settled of settle(changes, root, emptyState))
      if (settled.result === 'wanted') await apply(settled, root);
    const script = join(system.root.path, path);
    expect(statSync(script).mode & 0o111).not.toBe(0);
    expect(execFileSync('sh', ['-n', script], { encoding: 'utf8' })).toBe('');
    // The next boot finds its work done.
    expect(await planned(standIns, {}, system)).toEqual([]);
  });
});

it.each([
  ["a distribution's own for OpenRC", networking, openrcScript, undefined],
  ["a distribution's own for Red Hat", network, redhatScript, undefined],
  [
    "the platform's of 2025",
    networking,
    openrcScript,
    (root: string) => patchBusybox(root, { resolvers: ['192.0.2.1'], year: 2025 }),
  ],
  ["the platform's without resolvers", network, redhatScript, (root: string) => patchRedhat(root, {})],
  ["somebody's without an interpreter", networking, 'ifup -a\n', undefined],
])('leaves one that runs, or that is somebody else’s: %s', async (_name, path, text, patch) => {
  expect((await wanted(path, text, patch)).changes).toEqual([]);
});

it("Red Hat's says that the network is up, by the lock that others look for", async () => {
  const { system, changes } = await wanted(network, redhatScript, (root) =>
    patchRedhat(root, { resolvers: ['192.0.2.1'] }),
  );
  const [change] = changes;
  const script = change?.kind === 'file' ? change.content.toString() : '';
  const lock = join(system.root.path, 'lock');
  const here = script.replaceAll('/var/lock/subsys', lock);
  const run = (action: string) =>
    execFileSync('sh', ['-c', `${here.replace(/^#!.*/, '')}`, 'network', action]);
  run('start');
  expect(() => run('status')).not.toThrow();
  run('stop');
  expect(() => run('status')).toThrow();
});

it('has OpenRC read the dependencies again on the running system, for it read them when the boot began', async () => {
  const { system } = await wanted(networking, openrcScript, (root) =>
    patchBusybox(root, { resolvers: ['192.0.2.1'], year: 2021 }),
  );
  const live = { ...system, root: { ...openRoot(system.root.path), live: true } };
  expect(await planned(standIns, {}, live)).toMatchObject([
    { kind: 'file', path: networking },
    { kind: 'command', argv: ['rc-update', '--update'] },
  ]);
});
