import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { reports } from './carried-suite.ts';
import { treeOf } from './disk-tree.ts';
import { boot, until } from './guest.ts';
import { runFolder } from './installed.ts';
import { instance } from './instance.ts';
import { bootPlace } from './place.ts';
import { platformFolder } from './platform-folder.ts';
import type { BootRoot } from './roots.ts';

/** A root that holds BusyBox, linked statically, and nothing else: no C library, no /run, no /sys, no other program. */
function bareRoot(): string {
  mkdirSync(runFolder, { recursive: true });
  const root = mkdtempSync(join(runFolder, 'bare-'));
  for (const folder of ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'etc', 'dev', 'proc', 'tmp', 'var/svc'])
    mkdirSync(join(root, folder), { recursive: true });
  const busybox = execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim();
  copyFileSync(busybox, join(root, 'bin/busybox'));
  execFileSync('chroot', [root, '/bin/busybox', '--install', '-s']);
  writeFileSync(join(root, 'etc/inittab'), '::sysinit:/bin/true\n');
  writeFileSync(join(root, 'var/svc/provisioning'), '');
  return root;
}

/** Appends, so that a script that runs twice in a boot is seen. */
const userScript = '#!/bin/sh\nhostname >>/user-script-was-here\n';

test('a root with BusyBox and no C library boots at the first try as its metadata says, and then unchanged', async () => {
  const [platform, folder, place] = [platformFolder(), bareRoot(), bootPlace()];
  const root: BootRoot = {
    name: 'BusyBox alone',
    init: 'busybox',
    layers: [],
    folder,
    program: '/sbin/init',
  };
  const server = await place.serve({}, { ...instance, 'user-script': userScript });
  onTestFinished(async () => {
    await server.close();
    place.remove();
    for (const made of [folder, platform]) rmSync(made, { recursive: true, force: true });
  });
  const text = (path: string) => readFileSync(place.disk.path(path), 'utf8');
  const lines = (path: string) => (existsSync(place.disk.path(path)) ? text(path).split('\n').length - 1 : 0);
  const report = () => JSON.parse(text('var/lib/lx-agent/report-early.json'));

  /** A boot in which the user-script runs once more; its console, and the report of its early stage. */
  async function booted() {
    const ran = lines('user-script-was-here');
    const guest = await boot(root, {
      disk: place.disk,
      agent: 'none',
      metadata: place.socketFolder(),
      platform,
    });
    await until(() => lines('user-script-was-here') > ran, 60);
    const listed = await guest.run('lx-agent', 'status', '--json');
    expect(await guest.end(['/sbin/poweroff'])).toBe('powered off');
    expect(lines('user-script-was-here')).toBe(ran + 1);
    expect(JSON.parse(listed).early).toMatchObject({ kind: 'before init', exit: 0 });
    return { console: guest.console(), early: report() };
  }

  const first = await booted();
  expect(first.console).toContain('this root has no agent: it was prepared');
  expect(text('user-script-was-here')).toBe('web-1\n');
  expect(text('etc/hostname')).toBe('web-1\n');
  expect(text('etc/resolv.conf')).toContain('nameserver 192.0.2.53\n');
  expect(text('root/.ssh/authorized_keys')).toContain(instance.root_authorized_keys);
  expect(existsSync(place.disk.path('var/svc/provision_success'))).toBe(true);
  expect(text('etc/inittab')).toContain('/usr/bin/lx-agent run --stage early');
  // Nothing of the program is in the root.
  expect(existsSync(place.disk.path('usr/lib/lx-agent/lx-agent'))).toBe(false);

  const before = treeOf(place.disk);
  const second = await booted();
  expect(second.early).toMatchObject({ kind: 'before init', exit: 0 });
  expect(second.early.boot).not.toBe(first.early.boot);
  expect(second.console).not.toContain('lx-agent: ');
  expect(treeOf(place.disk)).toEqual(before);
  expect(reports(place, 'report-run-')).toEqual([]);
});
