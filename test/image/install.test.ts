import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageCommand, testSource } from '../support/image.ts';
import { debianSystemd, devuanSysvinit } from '../support/roots/debian.ts';
import { families } from '../support/roots/families.ts';
import { snapshot, withoutRecord } from '../support/roots/snapshot.ts';
import { plant, type Tree, temporaryRoot } from '../support/temporary-root.ts';

const guestTools: Tree = {
  '/etc/rc.local': '#!/bin/sh\n/lib/smartdc/mdata-fetch\n/lib/smartdc/mdata-execute\n',
  '/etc/systemd/system/joyent.service': '[Service]\nExecStart=/lib/smartdc/joyent_rc.local\n',
  '/etc/systemd/system/multi-user.target.wants/joyent.service': '-> /etc/systemd/system/joyent.service',
  '/usr/lib/smartdc/mdata-fetch': '#!/bin/bash\n',
  '/usr/lib/smartdc/lib/common.lib': '# functions\n',
  '/usr/sbin/mdata-get': '-> /native/usr/sbin/mdata-get',
};

describe.each(families)('%s', (_name, tree) => {
  it('is as it was after install and uninstall', async () => {
    const root = temporaryRoot(tree);
    const before = snapshot(root);
    expect((await imageCommand(['install', '--root', root])).exit).toBe(0);
    expect(snapshot(root)).not.toEqual(before);
    expect((await imageCommand(['uninstall', '--root', root])).exit).toBe(0);
    expect(snapshot(root)).toEqual(before);
  });

  it('is as it was prepared when the agent came before and went after', async () => {
    const root = temporaryRoot(tree);
    await imageCommand(['prepare', '--root', root]);
    const prepared = withoutRecord(snapshot(root));
    const other = temporaryRoot(tree);
    await imageCommand(['install', '--root', other]);
    await imageCommand(['prepare', '--root', other]);
    expect((await imageCommand(['uninstall', '--root', other])).stdout).not.toContain('kept');
    expect(withoutRecord(snapshot(other))).toEqual(prepared);
  });

  it('is not changed by installing again', async () => {
    const root = temporaryRoot(tree);
    const source = testSource();
    await imageCommand(['install', '--root', root], source);
    const installed = snapshot(root);
    expect((await imageCommand(['install', '--root', root], source)).stdout).toContain('already installed');
    expect(snapshot(root)).toEqual(installed);
  });
});

describe('install', () => {
  it('says which C library carries the agent, and why', async () => {
    const root = temporaryRoot(debianSystemd);
    const { words } = await imageCommand(['install', '--root', root]);
    expect(words).toContain(
      'C library: its own, in /usr/lib/lx-agent/runtime (the image has no /lib64/ld-linux-x86-64.so.2)',
    );
    expect(readFileSync(join(root, 'usr/bin/lx-agent'), 'utf8')).toBe(
      '#!/bin/sh\nexec /usr/lib/lx-agent/runtime/ld-linux-x86-64.so.2 --library-path /usr/lib/lx-agent/runtime /usr/lib/lx-agent/lx-agent "$@"\n',
    );
  });

  it('takes its own C library away when it is not wanted any more', async () => {
    const root = temporaryRoot(debianSystemd);
    await imageCommand(['install', '--root', root]);
    await imageCommand(['install', '--root', root, '--runtime', 'system']);
    const paths = Object.entries(snapshot(root));
    expect(paths.filter(([path]) => /\/runtime\/./.test(path))).toEqual([]);
    expect(Object.fromEntries(paths)['/usr/bin/lx-agent']).toBe('link ../lib/lx-agent/lx-agent');
  });

  it('upgrades, and an uninstall still goes back to the first state', async () => {
    const root = temporaryRoot(debianSystemd);
    const before = snapshot(root);
    await imageCommand(['install', '--root', root], testSource('0.1.0'));
    await imageCommand(['install', '--root', root], testSource('0.2.0'));
    expect(readFileSync(join(root, 'usr/lib/lx-agent/manifest'), 'utf8')).toContain('agent=0.2.0\n');
    expect(readFileSync(join(root, 'usr/lib/lx-agent/lx-agent'), 'latin1')).toMatch(/0\.2\.0$/);
    await imageCommand(['uninstall', '--root', root]);
    expect(snapshot(root)).toEqual(before);
  });

  it('keeps a link that insserv has given another number, and takes it away in the end', async () => {
    const root = temporaryRoot(devuanSysvinit);
    const before = snapshot(root);
    await imageCommand(['install', '--root', root], testSource('0.1.0'));
    const links = () =>
      Object.keys(snapshot(root)).filter((path) => /^\/etc\/rcS\.d\/.*lx-agent-early/.test(path));
    const [made = ''] = links();
    renameSync(join(root, made), join(root, '/etc/rcS.d/S42lx-agent-early'));
    await imageCommand(['install', '--root', root], testSource('0.2.0'));
    expect(links()).toEqual(['/etc/rcS.d/S42lx-agent-early']);
    expect(made).not.toBe('/etc/rcS.d/S42lx-agent-early');
    const { stdout } = await imageCommand(['uninstall', '--root', root]);
    expect(stdout).not.toContain('kept');
    expect(snapshot(root)).toEqual(before);
  });

  it('takes over from the guest tools, and puts them back', async () => {
    const root = temporaryRoot({ ...debianSystemd, ...guestTools });
    chmodSync(join(root, 'etc/rc.local'), 0o755);
    const before = snapshot(root);
    await imageCommand(['install', '--root', root]);
    expect(Object.keys(snapshot(root)).filter((path) => /smartdc|rc\.local|joyent/.test(path))).toEqual([]);
    await imageCommand(['uninstall', '--root', root]);
    expect(snapshot(root)).toEqual(before);
  });

  it("leaves an rc.local that is not the guest tools'", async () => {
    const root = temporaryRoot({ ...debianSystemd, '/etc/rc.local': '#!/bin/sh\nexit 0\n' });
    await imageCommand(['install', '--root', root]);
    expect(readFileSync(join(root, 'etc/rc.local'), 'utf8')).toBe('#!/bin/sh\nexit 0\n');
  });

  it("keeps somebody's configuration, and what was edited since", async () => {
    const root = temporaryRoot({ ...debianSystemd, '/etc/lx-agent.ini': '[steps]\n' });
    const { stdout } = await imageCommand(['install', '--root', root]);
    expect(stdout).toContain('kept: /etc/lx-agent.ini, was there before');
    appendFileSync(join(root, 'usr/bin/lx-agent'), '# mine\n');
    const removed = await imageCommand(['uninstall', '--root', root]);
    expect(removed.stdout).toContain('kept: /usr/bin/lx-agent, edited since');
    expect(readFileSync(join(root, 'etc/lx-agent.ini'), 'utf8')).toBe('[steps]\n');
  });

  it('leaves everything as it was when something is in the way', async () => {
    const root = temporaryRoot({ ...debianSystemd, '/usr/sbin/mdata-put/occupied': '' });
    const before = snapshot(root);
    await expect(imageCommand(['install', '--root', root])).rejects.toThrow('/usr/sbin/mdata-put');
    expect(snapshot(root)).toEqual(before);
  });

  it('only shows the differences with --dry-run', async () => {
    const root = temporaryRoot(debianSystemd);
    const before = snapshot(root);
    const { stdout } = await imageCommand(['install', '--root', root, '--dry-run']);
    expect(stdout).toContain('link       /usr/sbin/mdata-get -> /native/usr/sbin/mdata-get\n');
    expect(snapshot(root)).toEqual(before);
  });

  it('tells a folder that contains no image', async () => {
    await expect(imageCommand(['install', '--root', temporaryRoot()])).rejects.toThrow('contains no image');
  });
});

describe('the manifest', () => {
  const manifest = (root: string) => readFileSync(join(root, 'usr/lib/lx-agent/manifest'), 'utf8');

  it('says what is done in a line each', async () => {
    const root = temporaryRoot(debianSystemd);
    const source = testSource();
    await imageCommand(['install', '--root', root], source);
    await imageCommand(['prepare', '--root', root]);
    const digest = createHash('sha256').update(readFileSync(source.program)).digest('hex');
    expect(manifest(root)).toBe(
      [
        '# What lx-agent has done to this image, for the platform.',
        'agent=0.1.0 (test)',
        `program=sha256:${digest}`,
        'init=systemd',
        'prepared=0.1.0 (test)',
        'category.directories=done',
        'category.native-runtime=done',
        'category.native-links=done',
        'category.config=done',
        'category.resolv.conf=done',
        'category.stand-ins=done',
        'category.services=done',
        'category.clean=done',
        '',
      ].join('\n'),
    );
  });

  it('does not promise a resolv.conf that nobody would write', async () => {
    const root = temporaryRoot(debianSystemd);
    await imageCommand(['prepare', '--root', root]);
    expect(manifest(root)).toContain('category.resolv.conf=prepared\n');
  });

  it('leaves out a category in which something is left', async () => {
    const root = temporaryRoot(debianSystemd);
    await imageCommand(['prepare', '--root', root, '--skip', 'services']);
    expect(manifest(root)).not.toContain('category.services');
  });
});

describe('check', () => {
  it('names each finding with its reason and its remedy', async () => {
    const root = temporaryRoot(debianSystemd);
    await imageCommand(['prepare', '--root', root]);
    plant(root, { '/.dockerenv': '' });
    const { exit, words } = await imageCommand(['check', '--skip', 'agent', '--root', root]);
    expect(exit).toBe(1);
    expect(words).toBe(
      [
        'clean/docker-mark: wanted is no /.dockerenv',
        '    /.dockerenv',
        '  why: programs take the instance for a Docker container (lx-images)',
        `  remedy: lx-agent image prepare --root ${root} --only docker-mark`,
        '',
        `1 finding in ${root} (Debian GNU/Linux 12 (bookworm), systemd)`,
        '',
        'to fix all that these commands can fix:',
        `  lx-agent image prepare --root ${root} --skip agent`,
        '',
      ].join('\n'),
    );
  });

  it('goes on when a file cannot be looked at, and says so', async () => {
    const root = temporaryRoot(debianSystemd);
    await imageCommand(['prepare', '--root', root]);
    writeFileSync(join(root, 'etc/inittab'), '');
    chmodSync(join(root, 'etc/inittab'), 0o644);
    mkdirSync(join(root, 'etc/init.d/inittab'), { recursive: true });
    expect((await imageCommand(['check', '--skip', 'agent', '--root', root])).exit).toBe(0);
  });

  it('refuses a rule that there is not', async () => {
    const root = temporaryRoot(debianSystemd);
    await expect(imageCommand(['check', '--root', root, '--only', 'servces'])).rejects.toThrow('"servces"');
  });
});
