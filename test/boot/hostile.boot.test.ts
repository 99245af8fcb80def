import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { plant, type Tree } from '../support/temporary-root.ts';
import { layersFolder } from './installed.ts';
import { ending, openScratch } from './scratch.ts';

/** What makes each command go into the folders below: things to edit, to replace, to remove with all they hold. */
const tree: Tree = {
  ...debianSystemd,
  '/etc/fstab': '/dev/sda1 / ext4 defaults 0 1\n',
  '/etc/hostname': 'debian\n',
  '/etc/network/interfaces': 'source /etc/network/interfaces.d/*\nauto lo\niface lo inet loopback\n',
  '/etc/network/interfaces.d/50-cloud-init': 'auto eth0\n',
  '/root/.ssh/authorized_keys': 'ssh-ed25519 AAAA builder\n',
  '/root/.ssh/deep/known_hosts': 'host\n',
  '/var/log/messages': 'Jan 1\n',
  '/var/log/journal/0123456789abcdef0123456789abcdef/system.journal': 'entries\n',
  '/var/svc/provisioning': '',
};

/** An image, and beside it a folder that is none of its business. */
function imageAndOutside(): { image: string; outside: string } {
  mkdirSync(layersFolder, { recursive: true });
  const folder = mkdtempSync(join(layersFolder, 'hostile-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [image, outside] = [join(folder, 'image'), join(folder, 'outside')];
  plant(image, tree);
  return { image, outside };
}

/** All that can be told of a tree without changing it, the times of its inodes too: a chmod to the same mode shows. */
function everything(path: string): Record<string, string> {
  const status = lstatSync(path, { bigint: true });
  const { mode, uid, gid, rdev, mtimeNs, ctimeNs } = status;
  const facts = [mode.toString(8), uid, gid, rdev, mtimeNs, ctimeNs].join(' ');
  if (status.isDirectory())
    return Object.assign({ [path]: facts }, ...readdirSync(path).map((name) => everything(join(path, name))));
  const content = status.isFile()
    ? readFileSync(path, 'latin1')
    : status.isSymbolicLink()
      ? readlinkSync(path)
      : '';
  return { [path]: `${facts} ${content}` };
}

/** The same files as the image has in a folder of it, with an owner and times of their own. */
function copyOut(from: string, outside: string): void {
  if (existsSync(from)) cpSync(from, outside, { recursive: true, verbatimSymlinks: true });
  else mkdirSync(outside);
  for (const entry of readdirSync(outside, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    chownSync(path, 12345, 12345);
    utimesSync(path, 1_000_000_000, 1_000_000_000);
  }
}

/** Exchange two names without a pause while something else is done; answers with how often. */
async function exchanging(pairs: readonly string[], use: () => Promise<void>): Promise<number> {
  const child: ChildProcess = spawn(join(import.meta.dirname, 'exchange.pl'), pairs, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout?.on('data', (chunk) => {
    said += chunk;
  });
  try {
    while (!said.includes('begun')) await once(child.stdout ?? child, 'data');
    await use();
  } finally {
    child.kill();
    if (child.exitCode === null) await once(child, 'close');
  }
  return Number(said.split('\n')[1]);
}

/** Every command that changes an image, each with a bound; what fails, fails. */
async function doAll(image: string, socketPath: string): Promise<void> {
  const program = ['timeout', '60', agentBinary];
  for (const argv of [
    ['image', 'install', '--root', image],
    ['image', 'prepare', '--root', image],
    ['run', '--root', image, '--socket', socketPath],
    ['image', 'check', '--root', image],
    ['image', 'uninstall', '--root', image],
  ]) {
    const { status, signal } = await ending([...program, ...argv]);
    expect({ argv, status, signal }).toMatchObject({ status: expect.toBeOneOf([0, 1, 2]), signal: null });
  }
}

async function metadataSocket(): Promise<string> {
  const scratch = await openScratch();
  onTestFinished(() => scratch.close());
  return join(scratch.folder, 'metadata.sock');
}

describe('a folder that somebody keeps exchanging for a link out of the image', () => {
  test.each([
    '/etc',
    '/etc/ssh',
    '/etc/network/interfaces.d',
    '/etc/systemd/system',
    '/usr/lib',
    '/usr/lib/lx-agent',
    '/usr/sbin',
    '/root',
    '/root/.ssh',
    '/root/.ssh/deep',
    '/var',
    '/var/lib/lx-agent',
    '/var/log',
    '/var/log/journal/0123456789abcdef0123456789abcdef',
    '/var/svc',
  ])('%s: nothing changes outside', async (component) => {
    const { image, outside } = imageAndOutside();
    const socketPath = await metadataSocket();
    mkdirSync(join(image, component), { recursive: true });
    copyOut(join(image, component), outside);
    symlinkSync(outside, join(image, '.exchanged'));
    const before = everything(outside);
    const times = await exchanging([join(image, component), join(image, '.exchanged')], async () => {
      await doAll(image, socketPath);
      await doAll(image, socketPath);
    });
    expect(times).toBeGreaterThan(100);
    expect(everything(outside)).toEqual(before);
  });

  test('is a danger: who goes by paths writes outside', async () => {
    const { image, outside } = imageAndOutside();
    copyOut(join(image, 'etc'), outside);
    symlinkSync(outside, join(image, '.exchanged'));
    const before = everything(outside);
    await exchanging([join(image, 'etc'), join(image, '.exchanged')], async () => {
      for (let count = 0; count < 1000; count++) writeFileSync(join(image, 'etc/hostname'), `${count}\n`);
    });
    expect(everything(outside)).not.toEqual(before);
  });
});

describe('a device, socket or FIFO in an image', () => {
  const kinds: readonly (readonly [kind: string, make: (path: string) => void])[] = [
    ['a character device', (path) => execFileSync('mknod', [path, 'c', '1', '3'])],
    ['a block device', (path) => execFileSync('mknod', [path, 'b', '7', '250'])],
    ['a FIFO', (path) => execFileSync('mkfifo', [path])],
    [
      'a socket',
      (path) =>
        execFileSync('perl', [
          '-MSocket',
          '-e',
          'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un($ARGV[0])) or die $!',
          path,
        ]),
    ],
    ['a link to /dev/null', (path) => symlinkSync('/dev/null', path)],
    ['a link to a FIFO', (path) => symlinkSync('/dev/fifo', path)],
  ];
  const places = [
    '/etc/hostname',
    '/etc/hosts',
    '/etc/resolv.conf',
    '/etc/fstab',
    '/etc/machine-id',
    '/etc/ssh/sshd_config',
    '/etc/ssh/ssh_host_rsa_key',
    '/etc/lx-agent.ini',
    '/root/.ssh/authorized_keys',
    '/usr/lib/lx-agent/lx-agent',
    '/usr/lib/lx-agent/manifest',
    '/var/lib/lx-agent/image.json',
    '/var/lib/lx-agent/state.json',
    '/var/log/messages',
    '/var/svc/provisioning',
  ];

  test.each(kinds)(
    '%s in every place at once: each command ends, and the devices are as they were',
    async (_kind, make) => {
      const { image, outside } = imageAndOutside();
      const socketPath = await metadataSocket();
      copyOut(join(image, 'etc'), outside);
      mkdirSync(join(image, 'dev'), { recursive: true });
      execFileSync('mknod', [join(image, 'dev/null'), 'c', '1', '3']);
      execFileSync('mkfifo', [join(image, 'dev/fifo')]);
      for (const place of places) {
        rmSync(join(image, place), { recursive: true, force: true });
        mkdirSync(dirname(join(image, place)), { recursive: true });
        make(join(image, place));
      }
      const before = {
        ...everything(outside),
        ...everything(join(image, 'dev/null')),
        ...everything(join(image, 'dev/fifo')),
      };
      const machine = lstatSync('/dev/null', { bigint: true });
      await doAll(image, socketPath);
      expect({
        ...everything(outside),
        ...everything(join(image, 'dev/null')),
        ...everything(join(image, 'dev/fifo')),
      }).toEqual(before);
      const after = lstatSync('/dev/null', { bigint: true });
      expect([after.ino, after.mode, after.ctimeNs]).toEqual([machine.ino, machine.mode, machine.ctimeNs]);
    },
  );

  test.each(kinds)('%s in one place hinders nothing else', async (_kind, make) => {
    const { image } = imageAndOutside();
    const at = join(image, 'etc/fstab');
    rmSync(at);
    mkdirSync(join(image, 'dev'), { recursive: true });
    execFileSync('mkfifo', [join(image, 'dev/fifo')]);
    make(at);
    const kind = lstatSync(at).mode;
    const { said } = await ending(['timeout', '60', agentBinary, 'image', 'prepare', '--root', image]);
    expect(lstatSync(at).mode).toBe(kind);
    expect(said).toContain('services/');
    expect(readFileSync(join(image, 'usr/lib/lx-agent/manifest'), 'utf8')).toContain(
      'category.services=done',
    );
  });
});
