import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { imageCommand } from '../support/image.ts';
import { alpine, gentoo } from '../support/roots/others.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

const inLevel = (level: string, names: string): Tree =>
  Object.fromEntries(
    names.split(' ').map((name) => [`/etc/runlevels/${level}/${name}`, `-> /etc/init.d/${name}`]),
  );
const levelsOf = (root: string) =>
  ['sysinit', 'boot', 'default'].flatMap((level) => {
    try {
      return readdirSync(join(root, 'etc/runlevels', level));
    } catch {
      return [];
    }
  });
const script =
  '#!/sbin/openrc-run\ndepend() {\n\tprovide clock\n}\nstart() {\n\tswclock /var/lib/misc/openrc-shutdowntime\n}\n';

it.each([
  [
    'Alpine',
    {
      ...alpine,
      ...inLevel('sysinit', 'devfs dmesg mdev hwdrivers modloop'),
      ...inLevel(
        'boot',
        'hwclock swclock osclock modules sysctl hostname bootmisc syslog swap loadkmap seedrng',
      ),
      ...inLevel('default', 'crond sshd'),
    },
    'bootmisc crond devfs hostname hwclock seedrng sshd syslog',
  ],
  [
    'Gentoo',
    {
      ...gentoo,
      ...inLevel('sysinit', 'devfs dmesg kmod-static-nodes sysfs udev udev-trigger'),
      ...inLevel(
        'boot',
        'bootmisc hostname hwclock keymaps localmount modules procfs save-keymaps save-termencoding swap sysctl termencoding',
      ),
      ...inLevel('default', 'local netmount sshd'),
    },
    'bootmisc devfs hostname hwclock local localmount netmount procfs sshd sysfs',
  ],
])('leaves on %s only services that work in a zone', async (_name, tree, left) => {
  const root = temporaryRoot(tree);
  await imageCommand(['prepare', '--root', root]);
  expect(
    levelsOf(root)
      .filter((name) => !name.startsWith('lx-agent'))
      .sort()
      .join(' '),
  ).toBe(left);
});

it('makes a stub of each clock, for what needs one has all of them started', async () => {
  const clocks = ['hwclock', 'swclock', 'osclock'];
  const root = temporaryRoot({
    ...alpine,
    ...Object.fromEntries(clocks.map((name) => [`/etc/init.d/${name}`, script])),
  });
  await imageCommand(['prepare', '--root', root]);
  for (const name of clocks) {
    const text = readFileSync(join(root, 'etc/init.d', name), 'utf8');
    expect(text.slice(text.indexOf('# lx-agent: begin'))).toMatch(
      /provide clock[\s\S]*start\(\) { return 0; }/,
    );
  }
});
