import { chmodSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageCommand, testSource } from '../support/image.ts';
import { debianSystemd, devuanSysvinit } from '../support/roots/debian.ts';
import { families } from '../support/roots/families.ts';
import { alpine, voidLinux } from '../support/roots/others.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { plant, type Tree, temporaryRoot } from '../support/temporary-root.ts';

const source = testSource;
const program = 'usr/lib/lx-agent/lx-agent';
const manifest = 'usr/lib/lx-agent/manifest';

/** A root with the agent, and how `image check` sees the agent there; installing again must mend what it finds. */
async function installed(tree: Tree = debianSystemd) {
  const root = temporaryRoot(tree);
  const from = source();
  await imageCommand(['install', '--root', root], from);
  const check = async (...more: readonly string[]) => {
    const before = snapshot(root);
    const said = await imageCommand(['check', '--only', 'agent', '--root', root, ...more], from);
    expect(snapshot(root)).toEqual(before);
    return { ...said, words: said.words.replaceAll(root, '/ROOT') };
  };
  const mended = async () => {
    await imageCommand(['install', '--root', root], from);
    return await check();
  };
  return { root, check, mended, path: (name: string) => join(root, name), from };
}

describe.each(families)('%s', (_name, tree) => {
  it('is found well once the agent is installed, and not before', async () => {
    const root = temporaryRoot(tree);
    const from = source();
    const check = async () => await imageCommand(['check', '--only', 'agent', '--root', root], from);
    expect((await check()).exit).toBe(1);
    await imageCommand(['install', '--root', root], from);
    expect((await check()).words).toMatch(/^nothing is left to do/);
    await imageCommand(['prepare', '--root', root], from);
    expect((await check()).words).toMatch(/^nothing is left to do/);
    await imageCommand(['uninstall', '--root', root], from);
    expect((await check()).words).toContain('agent/no-agent');
  });

  it('names each unit and each link that is missing, and mends it', async () => {
    const { root, check, mended } = await installed(tree);
    const ours = Object.entries(snapshot(root))
      .filter(([path, what]) => /lx-agent/.test(path) && /^(file|link)/.test(what))
      .map(([path]) => path)
      .filter(
        (path) =>
          /^\/(etc\/|usr\/lib\/systemd\/|usr\/lib\/lx-agent\/boot$)/.test(path) && !path.endsWith('.ini'),
      );
    const units = ours.filter((path) => !/\/(rc.\.d|runlevels|runsvdir|[\w.-]+\.wants)\//.test(path));
    expect(units).not.toEqual([]);
    for (const path of units) rmSync(join(root, path));
    const { exit, words } = await check();
    expect(exit).toBe(1);
    for (const path of units) expect(words).toContain(`    ${path} is missing`);
    expect((await mended()).words).toMatch(/^nothing is left to do/);
  });

  it('names what was switched off, and leaves it to a person', async () => {
    const { root, check } = await installed(tree);
    const links = Object.keys(snapshot(root)).filter((path) =>
      /\/(rc.\.d|runlevels\/\w+|runsvdir\/default|[\w.-]+\.wants)\/([SK]\d\d)?lx-agent/.test(path),
    );
    for (const path of links) rmSync(join(root, path));
    const { exit, words } = await check();
    expect(exit).toBe(links.length === 0 ? 0 : 1);
    for (const path of links) expect(words).toContain(`    ${path} was removed, which disables the service`);
  });
});

describe('the program', () => {
  const broken: readonly (readonly [string, string, (path: string) => void])[] = [
    ['missing', 'is missing', (path) => rmSync(path)],
    ['empty', 'is empty', (path) => truncateSync(path, 0)],
    ['without an execute bit', 'is not executable (mode 0644)', (path) => chmodSync(path, 0o644)],
    ['a text', 'is not a program (it has no ELF header)', (path) => writeFileSync(path, '#!/bin/sh\n')],
    ['cut off', 'is not the program that was installed', (path) => truncateSync(path, 200)],
    ['for another processor', 'is a program for aarch64, not for x86_64', (path) => forAarch64(path)],
  ];

  it.each(broken)('that is %s is a finding, which installing again mends', async (_name, words, breakIt) => {
    const { check, mended, path } = await installed();
    breakIt(path(program));
    const found = await check();
    expect(found.exit).toBe(1);
    expect(found.words).toContain(`    /${program} ${words}`);
    expect(found.words).toContain('  remedy: lx-agent image install --root /ROOT');
    expect((await mended()).exit).toBe(0);
  });

  it.each(broken)(
    'that is %s is not named by the manifest once the image is prepared',
    async (name, _words, breakIt) => {
      const { root, path, from } = await installed();
      breakIt(path(program));
      await imageCommand(['prepare', '--root', root], from);
      const isNamed = /^agent=/m.test(readFileSync(path(manifest), 'utf8'));
      expect(isNamed).toBe(['a text', 'cut off', 'for another processor'].includes(name));
    },
  );

  it('of an installation that kept no digest is held to this one, if it is the same version', async () => {
    const { check, path } = await installed();
    writeFileSync(path(manifest), readFileSync(path(manifest), 'utf8').replace(/^program=.*\n/m, ''));
    expect((await check()).exit).toBe(0);
    writeFileSync(path(program), 'x', { flag: 'a' });
    expect((await check()).words).toContain('is not the program that was installed');
  });

  it('has a command', async () => {
    const { check, mended, path } = await installed();
    rmSync(path('usr/bin/lx-agent'));
    expect((await check()).words).toContain('/usr/bin/lx-agent is missing');
    symlinkSync('../lib/elsewhere', path('usr/bin/lx-agent'));
    expect((await check()).words).toContain('/usr/bin/lx-agent points to ../lib/elsewhere');
    expect((await mended()).exit).toBe(0);
  });
});

describe('its C library', () => {
  it.each([
    ['missing', 'is missing', (path: string) => rmSync(path)],
    ['empty', 'is not as it was installed', (path: string) => truncateSync(path, 0)],
  ])('that is %s is a finding', async (_name, words, breakIt) => {
    const { check, mended, path } = await installed();
    breakIt(path('usr/lib/lx-agent/runtime/libc.so.6'));
    expect((await check()).words).toContain(`    /usr/lib/lx-agent/runtime/libc.so.6 ${words}`);
    expect((await mended()).exit).toBe(0);
  });

  it("that is the image's is a finding where it cannot carry the program", async () => {
    const root = temporaryRoot(debianSystemd);
    const from = source();
    await imageCommand(['install', '--root', root, '--runtime', 'system'], from);
    const { exit, words } = await imageCommand(['check', '--only', 'agent', '--root', root], from);
    expect(exit).toBe(1);
    expect(words).toContain('the image has no /lib64/ld-linux-x86-64.so.2, which the program needs');
  });
});

describe('the init system that is there now', () => {
  it('is the one that matters', async () => {
    const { '/sbin/init': _init, ...without } = alpine;
    const { root, check, mended } = await installed({
      ...without,
      '/sbin/init': '-> /bin/busybox',
      '/bin/sh': '',
    });
    rmSync(join(root, 'sbin/init'));
    plant(root, { '/sbin/init': '-> /usr/lib/systemd/systemd', '/usr/lib/systemd/systemd': 'ELF' });
    const { words } = await check();
    expect(words).toContain('/usr/lib/systemd/system/lx-agent-early.service is missing');
    expect(words).toContain('systemd is the init system of the image now');
    expect(words).toContain('is left from an installation for another init system');
    expect((await mended()).words).toMatch(/^nothing is left to do/);
  });

  it('may be none', async () => {
    const { check } = await installed({ '/etc/os-release': 'ID=debian\n', '/bin/sh': '' });
    expect((await check()).words).toContain('there is no init system');
  });

  it('does not start a stage that is masked', async () => {
    const { root, check } = await installed();
    plant(root, { '/etc/systemd/system/lx-agent-early.service': '-> /dev/null' });
    const { exit, words } = await check();
    expect(exit).toBe(1);
    expect(words).toContain('/etc/systemd/system/lx-agent-early.service masks the unit');
    expect(words).toContain('remedy: systemctl --root=/ROOT unmask lx-agent-early lx-agent-late');
    expect(words).toContain('left to you: agent/agent-units');
  });

  it.each([
    ['sysvinit', devuanSysvinit, 'etc/init.d/lx-agent-early'],
    ['runit', voidLinux, 'etc/sv/lx-agent-late/run'],
  ])('does not start a script without an execute bit: %s', async (_name, tree, script) => {
    const { check, mended, path } = await installed(tree);
    chmodSync(path(script), 0o644);
    expect((await check()).words).toContain(`/${script}`);
    expect((await mended()).exit).toBe(0);
  });
});

describe('the manifest', () => {
  it('that does not name the agent is a finding', async () => {
    const { check, mended, path } = await installed();
    rmSync(path(manifest));
    expect((await check()).words).toContain(`/${manifest} does not name the agent`);
    expect((await mended()).exit).toBe(0);
  });

  it('that says more than is true is a finding, which preparing again mends', async () => {
    const { root, check, from } = await installed();
    await imageCommand(['prepare', '--root', root], from);
    plant(root, { '/root/.bash_history': 'secret\n' });
    const { words } = await check();
    expect(words).toContain(`/${manifest} says that clean is done, but it is not: root-keys`);
    // Who skips a rule does not ask whether it is done.
    const skipping = await imageCommand(['check', '--root', root, '--skip', 'clean'], from);
    expect(skipping.stdout).toContain('nothing is left to do');
    await imageCommand(['prepare', '--root', root], from);
    expect((await check()).exit).toBe(0);
  });

  it('says no more than is true after an uninstallation puts back what is not to be', async () => {
    const unit = '/etc/systemd/system/create_hosts_file.service';
    const root = temporaryRoot({
      ...debianSystemd,
      [unit]: '[Service]\nType=oneshot\nExecStart=/bin/mv /etc/hosts.lx /etc/hosts\n',
      '/etc/systemd/system/multi-user.target.wants/create_hosts_file.service': `-> ${unit}`,
    });
    const from = source();
    await imageCommand(['install', '--root', root], from);
    await imageCommand(['prepare', '--root', root], from);
    expect(readFileSync(join(root, manifest), 'utf8')).toContain('category.services=done');
    await imageCommand(['uninstall', '--root', root], from);
    expect(readFileSync(join(root, manifest), 'utf8')).not.toContain('category.services=done');
  });
});

describe('no agent at all', () => {
  it('says that nobody would make the host keys, and names the choice of a carried agent', async () => {
    const root = temporaryRoot({ ...debianSystemd, '/usr/sbin/sshd': 'ssh_host_ed25519_key' });
    chmodSync(join(root, 'usr/sbin/sshd'), 0o755);
    await imageCommand(['prepare', '--root', root]);
    const { exit, words } = await imageCommand(['check', '--root', root]);
    expect(exit).toBe(1);
    await expect(words.replaceAll(root, '/ROOT')).toMatchFileSnapshot('golden/check-no-agent.txt');
    expect((await imageCommand(['check', '--root', root, '--skip', 'agent'])).exit).toBe(0);
  });

  it('is told to programs, too', async () => {
    const root = temporaryRoot(debianSystemd);
    const { stdout } = await imageCommand(['check', '--only', 'agent', '--json', '--root', root]);
    expect(JSON.parse(stdout)).toMatchObject({
      findings: [{ rule: 'no-agent', category: 'agent', mend: ['install'], byHand: false }],
      commands: [`lx-agent image install --root ${root}`],
    });
  });
});

/** e_machine of elf(5). */
function forAarch64(path: string): void {
  const content = readFileSync(path);
  content.writeUInt16LE(183, 18);
  writeFileSync(path, content);
}
