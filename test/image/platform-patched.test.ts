import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageCommand } from '../support/image.ts';
import { patchBusybox, patchDebian, patchRedhat, patchUbuntu } from '../support/platform-patches.ts';
import { debianSystemd, devuanSysvinit, ubuntuUpstart } from '../support/roots/debian.ts';
import { alpine } from '../support/roots/others.ts';
import { centos6 } from '../support/roots/redhat.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

const resolvers = ['192.0.2.53'];
const alpineServices: Tree = Object.fromEntries(
  ['klogd', 'sysfs'].map((name) => [
    `/etc/init.d/${name}`,
    '#!/sbin/openrc-run\nstart() {\n\tmount_sys\n}\n',
  ]),
);
const newAlpine: Tree = { ...alpine, ...alpineServices, '/sbin/openrc-run': '' };

type Patch = (root: string) => void;
const patches: readonly (readonly [name: string, tree: Tree, patch: Patch])[] = [
  ['Debian, systemd', debianSystemd, (root) => patchDebian(root, { resolvers })],
  ['Devuan, sysvinit', devuanSysvinit, (root) => patchDebian(root, { resolvers })],
  [
    'Ubuntu 14.04',
    { ...ubuntuUpstart, '/etc/resolvconf/resolv.conf.d': null },
    (root) => patchUbuntu(root, { resolvers }),
  ],
  ['CentOS 6 without resolvers', centos6, (root) => patchRedhat(root, {})],
  ['Alpine, a platform of 2025', newAlpine, (root) => patchBusybox(root, { resolvers, year: 2025 })],
  ['Alpine, without resolvers', newAlpine, (root) => patchBusybox(root, { year: 2016 })],
];

async function image(command: string, root: string, ...more: readonly string[]) {
  return await imageCommand([command, '--root', root, ...more]);
}

describe.each(patches)('%s', (_name, tree, patch) => {
  it('is no trouble when the platform has patched it before it is prepared', async () => {
    const root = temporaryRoot(tree);
    patch(root);
    expect((await image('prepare', root)).exit).toBe(0);
    const once = snapshot(root);
    expect((await image('prepare', root)).stdout).toMatch(/^already prepared/);
    expect(snapshot(root)).toEqual(once);
    expect((await image('check', root, '--skip', 'agent')).stdout).toMatch(/^nothing is left/);
  });

  it('is still finished when the platform patches it at each boot', async () => {
    const root = temporaryRoot(tree);
    await image('prepare', root);
    for (let boots = 0; boots < 3; boots++) {
      patch(root);
      expect((await image('check', root, '--skip', 'agent')).stdout).toMatch(/^nothing is left/);
    }
  });
});

it('an Alpine with a new OpenRC can start what the platform writes, which names the old interpreter', async () => {
  const root = temporaryRoot(newAlpine);
  await image('prepare', root);
  expect(readlinkSync(join(root, 'sbin/runscript'))).toBe('openrc-run');
});

it('an old OpenRC keeps its own interpreter of that name', async () => {
  const root = temporaryRoot({ ...newAlpine, '/sbin/runscript': '-> openrc' });
  await image('prepare', root);
  expect(readlinkSync(join(root, 'sbin/runscript'))).toBe('openrc');
});

describe('a script of the platform that cannot be started', () => {
  it.each([
    [
      "Alpine's networking before 2023",
      newAlpine,
      '/etc/init.d/networking',
      (root: string) => patchBusybox(root, { resolvers, year: 2021 }),
    ],
    [
      "Red Hat's network since 2021",
      centos6,
      '/etc/rc.d/init.d/network',
      (root: string) => patchRedhat(root, { resolvers }),
    ],
  ] as const)('%s is replaced as a whole', async (_name, tree, path, patch) => {
    const root = temporaryRoot(tree);
    await image('prepare', root);
    patch(root);
    const { exit, stdout } = await image('check', root, '--skip', 'agent');
    expect([exit, stdout.match(/^\d+ finding/m)?.[0]]).toEqual([1, '1 finding']);
    expect(stdout).toContain(path);
    await image('prepare', root);
    expect(readFileSync(join(root, path), 'utf8')).toMatch(/^#!/);
    expect((await image('check', root, '--skip', 'agent')).stdout).toMatch(/^nothing is left/);
  });

  it("Red Hat's runs afterwards", async () => {
    const root = temporaryRoot(centos6);
    patchRedhat(root, { resolvers });
    await image('prepare', root);
    const script = join(root, 'etc/rc.d/init.d/network');
    expect(execFileSync('bash', ['-n', script], { encoding: 'utf8' })).toBe('');
  });
});

describe('a sysvinit root whose checkroot.sh the platform has deleted', () => {
  it('gets /etc/mtab and the overrides by which insserv works', async () => {
    const [before, after] = [temporaryRoot(devuanSysvinit), temporaryRoot(devuanSysvinit)];
    await image('prepare', before);
    patchDebian(after, { resolvers });
    await image('prepare', after);
    const part = (root: string) =>
      Object.entries(snapshot(root)).filter(([path]) => /^\/etc\/(mtab|insserv)/.test(path));
    expect(part(after)).toEqual(part(before));
    expect(readlinkSync(join(after, 'etc/mtab'))).toBe('/proc/mounts');
    expect(part(after).length).toBeGreaterThan(3);
  });
});
