import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isOpen, planPreparation, readImage } from '../../agent/image/prepare.ts';
import { rules } from '../../agent/image/rules/all.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { imageCommand } from '../support/image.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { alpine } from '../support/roots/others.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

/** An image with a folder beside it that is not its own, full of files under the names that the rules look for. */
function besideVictim(tree: Tree): { image: string; victim: string } {
  const folder = temporaryRoot({
    ...Object.fromEntries(Object.entries(tree).map(([path, content]) => [`/image${path}`, content])),
    '/victim/fstab': '/dev/sda1 / ext4 defaults 0 1\n',
    '/victim/inittab': '1:2345:respawn:/sbin/getty 38400 tty1\n',
    '/victim/machine-id': '0123456789abcdef0123456789abcdef\n',
    '/victim/ssh/ssh_host_rsa_key': 'private\n',
    '/victim/ssh/sshd_config': 'PasswordAuthentication yes\n',
    '/victim/log/messages': 'Jan 1\n',
    '/victim/lib/lx-agent/lx-agent': 'program\n',
    '/victim/.ssh/authorized_keys': 'key\n',
  });
  return { image: join(folder, 'image'), victim: join(folder, 'victim') };
}

/** Everything that can be done to an image; what fails, fails. */
async function doAll(image: string): Promise<void> {
  for (const verb of ['install', 'prepare', 'check', 'uninstall'])
    await imageCommand([verb, '--root', image]).catch((error: unknown) => error);
}

const components = [
  '/etc',
  '/etc/ssh',
  '/etc/systemd',
  '/etc/systemd/system',
  '/usr',
  '/usr/lib',
  '/usr/lib/lx-agent',
  '/usr/sbin',
  '/var',
  '/var/lib',
  '/var/lib/lx-agent',
  '/var/log',
  '/root',
  '/native',
  '/tmp',
];
const files = ['/etc/fstab', '/etc/inittab', '/etc/machine-id', '/etc/ssh/sshd_config', '/etc/lx-agent.ini'];

describe.each([
  ['an absolute link', (_from: string, to: string) => to],
  ['a relative link', (from: string, to: string) => relative(dirname(from), to)],
])('%s out of the image', (_name, target) => {
  it.each(components)('in place of the folder %s changes nothing outside', async (path) => {
    const { image, victim } = besideVictim(debianSystemd);
    const at = join(image, path);
    rmSync(at, { recursive: true, force: true });
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(target(at, victim), at);
    const before = snapshot(victim);
    await doAll(image);
    expect(snapshot(victim)).toEqual(before);
  });

  it.each(files)('in place of the file %s changes nothing outside', async (path) => {
    const { image, victim } = besideVictim(alpine);
    const at = join(image, path);
    rmSync(at, { force: true });
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(target(at, join(victim, path.replace('/etc/', ''))), at);
    const before = snapshot(victim);
    await doAll(image);
    expect(snapshot(victim)).toEqual(before);
  });
});

describe('an image that is not as it should be', () => {
  it('is done as far as it can be when a folder is where a file should be', async () => {
    const root = temporaryRoot({ ...debianSystemd, '/etc/fstab': null });
    const { exit, stderr } = await imageCommand(['prepare', '--root', root]);
    expect(exit).toBe(1);
    expect(stderr).toContain('config/fstab failed: cannot read /etc/fstab');
    const left = planPreparation(readImage(openRoot(root)), rules).filter(isOpen);
    expect(left.map(({ rule }) => rule.id)).toEqual(['fstab']);
    expect(readFileSync(join(root, 'usr/lib/lx-agent/manifest'), 'utf8')).not.toContain('category.config');
  });

  it('does not hang on a FIFO, and names it', async () => {
    const root = temporaryRoot(debianSystemd);
    execFileSync('mkfifo', [join(root, 'etc/inittab')]);
    const { exit, stdout } = await imageCommand(['check', '--root', root, '--only', 'inittab']);
    expect(exit).toBe(1);
    expect(stdout).toContain('cannot read /etc/inittab: not a regular file');
  });

  it('is not installed into where a FIFO is in the way', async () => {
    const root = temporaryRoot({ ...debianSystemd, '/usr/lib/lx-agent/.keep': '' });
    execFileSync('mkfifo', [join(root, 'usr/lib/lx-agent/lx-agent')]);
    const before = snapshot(root);
    await expect(imageCommand(['install', '--root', root])).rejects.toThrow('/usr/lib/lx-agent/lx-agent');
    expect(snapshot(root)).toEqual(before);
  });

  it('is not installed into through a dangling link', async () => {
    const root = temporaryRoot({ ...debianSystemd, '/var/svc': '-> nowhere/at/all' });
    const before = snapshot(root);
    await expect(imageCommand(['install', '--root', root])).rejects.toThrow('/var/svc');
    expect(snapshot(root)).toEqual(before);
  });

  it('is refused with a record that is not ours', async () => {
    const root = temporaryRoot({ ...debianSystemd, '/var/lib/lx-agent/image.json': '{"version":1}\n' });
    await expect(imageCommand(['install', '--root', root])).rejects.toThrow('move it away to start over');
  });

  it('does not follow a record out of the image', async () => {
    const { image, victim } = besideVictim(debianSystemd);
    const entry = {
      path: '/../victim/fstab',
      before: { kind: 'nothing' },
      after: { kind: 'own' },
    };
    mkdirSync(join(image, 'var/lib/lx-agent'), { recursive: true });
    writeFileSync(
      join(image, 'var/lib/lx-agent/image.json'),
      JSON.stringify({ version: 1, agent: 'x', entries: [entry] }),
    );
    const before = snapshot(victim);
    await doAll(image);
    expect(snapshot(victim)).toEqual(before);
  });
});
