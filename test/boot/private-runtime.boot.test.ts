import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { startMetadataServer } from '../support/metadata-server.ts';
import { layersFolder } from './installed.ts';
import { instance } from './instance.ts';
import { zoneCalls } from './zone/calls.ts';

/** A root that holds BusyBox, linked statically, and nothing else; or Debian's musl beside it. */
function bareRoot(musl: boolean): string {
  mkdirSync(layersFolder, { recursive: true });
  const root = mkdtempSync(join(layersFolder, 'bare-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of [
    'bin',
    'sbin',
    'etc',
    'dev',
    'proc',
    'tmp',
    'native/.zonecontrol',
    'usr/bin',
    'usr/sbin',
  ])
    mkdirSync(join(root, folder), { recursive: true });
  copyFileSync(execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim(), join(root, 'bin/busybox'));
  for (const name of ['sh', 'hostname', 'cat']) symlinkSync('busybox', join(root, 'bin', name));
  symlinkSync('../bin/busybox', join(root, 'sbin/init'));
  execFileSync('mknod', ['-m', '666', join(root, 'dev/null'), 'c', '1', '3']);
  if (musl) {
    const debs = mkdtempSync(join(layersFolder, 'bare-'));
    onTestFinished(() => rmSync(debs, { recursive: true, force: true }));
    execFileSync('apt-get', ['download', '-qq', 'musl'], { cwd: debs, stdio: 'pipe' });
    execFileSync('sh', ['-c', `dpkg-deb --extract ${debs}/musl_*.deb ${root}`]);
  }
  return root;
}

describe.each([
  ['no C library at all', false],
  ['musl', true],
])('in a root with %s', (_name, musl) => {
  test('the installed agent makes an instance, by its own C library and the system calls of a zone', async () => {
    const root = bareRoot(musl);
    const installed = execFileSync(agentBinary, ['image', 'install', '--root', root], { encoding: 'utf8' });
    expect(installed).toContain('C library: its own, in /usr/lib/lx-agent/runtime');
    const server = await startMetadataServer({
      socketPath: join(root, 'native/.zonecontrol/metadata.sock'),
      metadata: instance,
    });
    const zone = await zoneCalls();
    // A name of its own, so that the machine keeps its.
    const child = await ended('unshare', [
      '--uts',
      ...zone.argv,
      'chroot',
      root,
      '/bin/sh',
      '-c',
      '/usr/bin/lx-agent run --stage early hostname resolver; echo "exit $?"; hostname',
    ]);
    await zone.end();
    await server.close();
    expect(child).toMatch(/^exit 0\nweb-1\n$/m);
    expect(readFileSync(join(root, 'etc/hostname'), 'utf8')).toBe('web-1\n');
    expect(readFileSync(join(root, 'etc/resolv.conf'), 'utf8')).toContain('nameserver 192.0.2.53\n');
  });
});

test('the program installs itself from within a chroot that has no /proc', () => {
  const root = bareRoot(false);
  execFileSync(agentBinary, ['image', 'install', '--root', root], { stdio: 'pipe' });
  const { stdout, stderr } = spawnSync(
    'chroot',
    [root, '/usr/bin/lx-agent', 'image', 'install', '--root', '/'],
    {
      encoding: 'utf8',
    },
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^already installed: /);
});

/** What a program printed, once it has ended; this process answers metadata meanwhile. */
async function ended(program: string, argv: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, argv, { timeout: 60_000 });
  return stdout;
}
