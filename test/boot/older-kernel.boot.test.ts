import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { startMetadataServer } from '../support/metadata-server.ts';
import { undocumented } from '../support/modes.ts';
import { layersFolder } from './installed.ts';
import { instance } from './instance.ts';
import { ending, openScratch, type Scratch, treeOf } from './scratch.ts';
import type { Answer } from './zone/answers.ts';
import { type ZoneCalls, zoneCalls } from './zone/calls.ts';

/** A kernel that is poorer than a zone's: it has no netlink. */
const noNetlink: Answer = {
  call: 'socket',
  number: 41,
  // AF_NETLINK.
  when: { argument: 0, isOneOf: [16] },
  answer: 'EAFNOSUPPORT',
  source: 'no zone: who is refused goes on without',
};

const here = import.meta.dirname;

let scratch: Scratch;
let zone: ZoneCalls;
beforeAll(async () => {
  scratch = await openScratch();
  zone = await zoneCalls([noNetlink]);
});
afterAll(async () => {
  await zone.end();
  await scratch.close();
});

it('does the work of both stages by the system calls of a zone on an old release, without /sys, a writable /proc/sys or netlink', async () => {
  const reference = scratch.root('reference');
  expect((await ending(scratch.run(reference))).status).toBe(0);

  const root = scratch.root('older');
  const log = join(scratch.folder, 'calls');
  const older = [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'bash',
    '-c',
    'mount -t tmpfs tmpfs /sys && mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$@"',
    '-',
    'setarch',
    'x86_64',
    '--uname-2.6',
    ...zone.argv,
    ...['strace', '-f', '-qq', '-o', log, '-e', 'trace=statx,socket'],
  ];
  const first = await ending([...older, ...scratch.run(root)]);
  expect(first).toMatchObject({ status: 0, signal: null });
  expect(treeOf(root)).toEqual(treeOf(reference));

  const calls = readFileSync(log, 'utf8');
  expect(calls).toMatch(/statx\(.*ENOSYS/);
  // Netlink cannot be refused to one who never asks.
  expect(calls.match(/socket\(AF_\w+/g)).toEqual(['socket(AF_UNIX']);

  const again = await ending([...older, ...scratch.run(root, '--json')]);
  const report: { steps: { name: string; result: string }[] } = JSON.parse(again.said);
  expect(report.steps.filter(({ result }) => result === 'changed' || result === 'failed')).toEqual([]);
});

it('boots live, both stages with their scripts, where netlink is refused as well', async () => {
  const folder = mkdtempSync(join(layersFolder, 'older-kernel-'));
  const sockets = join(folder, 'sockets');
  mkdirSync(sockets);
  const script = (name: string) =>
    `#!/bin/sh\necho ${name} of $(hostname) >>/var/log/scripts\necho said by ${name}\n`;
  const server = await startMetadataServer({
    socketPath: join(sockets, 'metadata.sock'),
    metadata: {
      ...instance,
      'sdc:operator-script': script('operator'),
      'user-script': script('user'),
      'user-data': 'color=blue\n',
    },
  });
  try {
    const lower = ['systemd', 'base'].map((layer) => join(layersFolder, layer)).join(':');
    const hook = join(folder, 'upper/etc/lx-agent/late.d/10-hook');
    mkdirSync(dirname(hook), { recursive: true });
    writeFileSync(hook, script('hook'), { mode: 0o755 });
    const calls = join(folder, 'calls');
    const inside = 'lx-agent run --stage early; echo early $?; lx-agent run --stage late; echo late $?';
    const end = await ending([
      ...['unshare', '--mount', '--net', '--uts', '--propagation', 'private'],
      ...[join(here, 'older-kernel.sh'), lower, folder, agentBinary, sockets],
      ...['setarch', 'x86_64', '--uname-2.6', ...zone.argv],
      ...['strace', '-f', '-qq', '-o', calls, '-e', 'trace=statx,socket'],
      ...['sh', '-c', `chroot "$0" /bin/sh -c '${inside}'`],
    ]);
    expect(end.said).toMatch(/^early 0$/m);
    expect(end.said).toMatch(/^late 0$/m);
    const traced = readFileSync(calls, 'utf8');
    expect(traced).toMatch(/statx\(.*ENOSYS/);
    // The interfaces of the machine are asked for by netlink; who is refused goes on without.
    expect(traced).toMatch(/socket\(AF_NETLINK.*EAFNOSUPPORT/);

    const upper = join(folder, 'upper');
    const text = (path: string) => readFileSync(join(upper, path), 'utf8');
    expect(text('etc/hostname')).toBe('web-1\n');
    expect(text('etc/resolv.conf')).toContain('nameserver 192.0.2.53');
    expect(text('var/log/scripts')).toBe('operator of web-1\nuser of web-1\nhook of web-1\n');
    expect(text('var/log/mdata-user-script.log')).toContain('said by user');
    const own = ['/usr/sbin/lx-agent', '/var/log/scripts', '/etc/lx-agent/late.d/10-hook'];
    const met = new Set<string>();
    expect(undocumented(upper, {}, met).filter((line) => !own.includes(line.split(' ')[0] ?? ''))).toEqual(
      [],
    );
    for (const path of ['/var/log/mdata-*.log', '/var/log/lx-agent-hooks.log']) expect(met).toContain(path);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
