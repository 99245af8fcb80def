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
import { boot, until } from './guest.ts';
import { runFolder } from './installed.ts';
import { instance } from './instance.ts';
import { bootPlace } from './place.ts';
import { platformFolder } from './platform-folder.ts';

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

test('a root with BusyBox and no C library boots at the first try as its metadata says', async () => {
  const [platform, root, place] = [platformFolder(), bareRoot(), bootPlace()];
  const server = await place.serve(
    {},
    { ...instance, 'user-script': '#!/bin/sh\nhostname >/user-script-was-here\n' },
  );
  const guest = await boot(
    { name: 'BusyBox alone', init: 'busybox', layers: [], folder: root, program: '/sbin/init' },
    { disk: place.disk, agent: 'none', metadata: place.socketFolder(), platform },
  );
  onTestFinished(async () => {
    await guest.end(['/sbin/poweroff']);
    await server.close();
    place.remove();
    for (const folder of [root, platform]) rmSync(folder, { recursive: true, force: true });
  });

  const wroteByScript = place.disk.path('user-script-was-here');
  await until(() => existsSync(wroteByScript) && readFileSync(wroteByScript, 'utf8') !== '', 60);
  expect(guest.console()).toContain('this root has no agent: it was prepared');
  const text = (path: string) => readFileSync(place.disk.path(path), 'utf8');
  expect(text('user-script-was-here')).toBe('web-1\n');
  expect(text('etc/hostname')).toBe('web-1\n');
  expect(text('etc/resolv.conf')).toContain('nameserver 192.0.2.53\n');
  expect(existsSync(place.disk.path('var/svc/provision_success'))).toBe(true);
  expect(text('etc/inittab')).toContain('/usr/bin/lx-agent run --stage early');
  expect(JSON.parse(text('var/lib/lx-agent/report-early.json'))).toMatchObject({
    kind: 'before init',
    exit: 0,
  });
  // Nothing of the program is in the root.
  expect(existsSync(place.disk.path('usr/lib/lx-agent/lx-agent'))).toBe(false);
});
