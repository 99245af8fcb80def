import { execFileSync, spawn } from 'node:child_process';
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
import { startMetadataServer } from '../support/metadata-server.ts';
import { until } from './guest.ts';
import { runFolder } from './installed.ts';
import { instance } from './instance.ts';
import { platformFolder } from './platform-folder.ts';

/** A root that holds BusyBox, linked statically, and nothing else: no C library, no /run, no /sys, no other program. */
function bareRoot(): string {
  mkdirSync(runFolder, { recursive: true });
  const root = mkdtempSync(join(runFolder, 'bare-'));
  for (const folder of [
    'bin',
    'sbin',
    'usr/bin',
    'usr/sbin',
    'etc',
    'dev',
    'proc',
    'tmp',
    'var/svc',
    'native/usr',
  ])
    mkdirSync(join(root, folder), { recursive: true });
  const busybox = execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim();
  copyFileSync(busybox, join(root, 'bin/busybox'));
  execFileSync('chroot', [root, '/bin/busybox', '--install', '-s']);
  writeFileSync(join(root, 'etc/inittab'), '::sysinit:/bin/true\n');
  writeFileSync(join(root, 'var/svc/provisioning'), '');
  return root;
}

test('a root with BusyBox and no C library boots at the first try as its metadata says', async () => {
  const platform = platformFolder();
  const root = bareRoot();
  mkdirSync(join(root, 'native/.zonecontrol'));
  const server = await startMetadataServer({
    socketPath: join(root, 'native/.zonecontrol/metadata.sock'),
    metadata: { ...instance, 'user-script': '#!/bin/sh\nhostname >/user-script-was-here\n' },
  });
  const child = spawn(
    'unshare',
    [
      '--fork',
      '--kill-child',
      '--pid',
      '--uts',
      '--ipc',
      '--mount',
      'sh',
      '-euc',
      `mount --bind "$2" "$1/native/usr"
       mount -o remount,bind,ro "$1/native/usr"
       mount -t proc proc "$1/proc"
       mount -t tmpfs -o mode=755 tmpfs "$1/dev"
       for device in null:1:3 zero:1:5 random:1:8 urandom:1:9; do
         IFS=: read -r name major minor <<END
$device
END
         mknod -m 666 "$1/dev/$name" c "$major" "$minor"
       done
       exec chroot "$1" /native/usr/lib/brand/lx/lxinit /sbin/init`,
      'sh',
      root,
      platform,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    await server.close();
    rmSync(root, { recursive: true, force: true });
    rmSync(platform, { recursive: true, force: true });
  });

  await until(() => existsSync(join(root, 'user-script-was-here')) || child.exitCode !== null, 60);
  expect(said).toContain('this root has no agent: it was prepared');
  const text = (path: string) => readFileSync(join(root, path), 'utf8');
  expect(text('user-script-was-here')).toBe('web-1\n');
  expect(text('etc/hostname')).toBe('web-1\n');
  expect(text('etc/resolv.conf')).toContain('nameserver 192.0.2.53\n');
  expect(existsSync(join(root, 'var/svc/provision_success'))).toBe(true);
  expect(text('etc/inittab')).toContain('/usr/bin/lx-agent run --stage early');
  expect(JSON.parse(text('var/lib/lx-agent/report-early.json'))).toMatchObject({
    kind: 'before init',
    exit: 0,
  });
  // Nothing of the program is in the root.
  expect(existsSync(join(root, 'usr/lib/lx-agent/lx-agent'))).toBe(false);
});
