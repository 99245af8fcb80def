import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readApk } from '../support/apk.ts';
import { agentBinary } from '../support/built.ts';
import { changesFolder, onRoot } from './image-root.ts';

const repository = join(import.meta.dirname, '../..');
const built = join(repository, 'dist/packages');

// All are built when they are not there yet, or older than the program. xz takes minutes for them on a busy machine.
beforeAll(() => {
  const sums = join(built, 'SHA256SUMS');
  if (!existsSync(sums) || statSync(sums).mtimeMs < statSync(agentBinary).mtimeMs)
    execFileSync('npm', ['run', 'package'], { cwd: repository, stdio: 'pipe' });
}, 1_800_000);

/** A package by its ending. */
function packageOf(ending: string): string {
  const name = readdirSync(built).find((file) => file.endsWith(ending));
  if (name === undefined) throw new Error(`no ${ending} in ${built}; npm run package makes it`);
  return join(built, name);
}

/** What a root holds besides dpkg's own records and logs: a line for each file and link. */
const listing = `(cd "$1" && find . -xdev \\( -type f -o -type l \\) \\
  ! -path './var/lib/dpkg/*' ! -path './var/log/*' ! -path './var/cache/*' ! -path './tmp/*' \\
  -printf '%p %m %s %l\\n' | sort)`;

describe('the Debian package', () => {
  test('is installed, upgraded, removed and purged, and leaves the root as it was', () => {
    const output = onRoot(
      ['systemd', 'base'],
      changesFolder(),
      `${listing} > "$1/tmp/before"
       cp "$DEB" "$1/tmp/lx-agent.deb"
       dpkg-deb --raw-extract "$DEB" "$1/tmp/newer"
       sed -i 's/^Version: .*/Version: 99/' "$1/tmp/newer/DEBIAN/control"
       dpkg-deb --root-owner-group -Znone --build "$1/tmp/newer" "$1/tmp/newer.deb" > /dev/null
       rm -rf "$1/tmp/newer"
       chroot "$1" dpkg -i /tmp/lx-agent.deb > /dev/null
       chroot "$1" lx-agent --version
       chroot "$1" dpkg -S /usr/bin/lx-agent /usr/lib/systemd/system/lx-agent-late.service
       test -L "$1/etc/systemd/system/sysinit.target.wants/lx-agent-early.service" && echo enabled
       chroot "$1" dpkg -i /tmp/newer.deb > /dev/null
       chroot "$1" dpkg-query -W -f '\${Version}\\n' lx-agent
       chroot "$1" dpkg --verify lx-agent | grep -v /usr/share/ || true
       chroot "$1" dpkg -r lx-agent > /dev/null
       test -e "$1/etc/lx-agent.ini" && echo "configuration kept"
       chroot "$1" dpkg -P lx-agent > /dev/null
       ${listing} > "$1/tmp/after"
       diff "$1/tmp/before" "$1/tmp/after" && echo "as it was"`,
      { DEB: packageOf('.deb') },
    );
    expect(output.replace(/^lx-agent \S+ \(\S+\)\n/, '')).toBe(`lx-agent: /usr/bin/lx-agent
lx-agent: /usr/lib/systemd/system/lx-agent-late.service
enabled
99
configuration kept
as it was
`);
  });

  test('leaves masked what is masked, and disabled what is disabled, when it is upgraded', () => {
    const output = onRoot(
      ['systemd', 'base'],
      changesFolder(),
      `cp "$DEB" "$1/tmp/lx-agent.deb"
       state() { chroot "$1" systemctl is-enabled lx-agent-early lx-agent-late || true; }
       upgrade() { chroot "$1" dpkg -i /tmp/lx-agent.deb > /dev/null; }
       upgrade "$1"
       state "$1"
       chroot "$1" systemctl --quiet mask lx-agent-early
       chroot "$1" systemctl --quiet disable lx-agent-late
       upgrade "$1"
       state "$1"
       chroot "$1" systemctl --quiet unmask lx-agent-early
       chroot "$1" systemctl --quiet enable lx-agent-late
       upgrade "$1"
       state "$1"`,
      { DEB: packageOf('.deb') },
    );
    expect(output.trim().split('\n')).toEqual([
      ...['enabled', 'enabled'],
      ...['masked', 'disabled'],
      ...['enabled', 'enabled'],
    ]);
  });
});

describe('what the distributions ask of a package', () => {
  test('lintian has nothing against the .deb, not even a warning', () => {
    const argv = ['--fail-on', 'error,warning', '--allow-root', packageOf('.deb')];
    const { status, stdout } = spawnSync('lintian', argv, { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  test('rpmlint finds no error in the .rpm', () => {
    const argv = ['-c', join(repository, 'build/package/rpmlint.toml'), packageOf('.rpm')];
    const { status, stdout } = spawnSync('rpmlint', argv, { encoding: 'utf8' });
    expect(stdout).toContain(' 0 errors');
    expect(status).toBe(0);
  });
});

describe('the program in every package', () => {
  const program = readFileSync(agentBinary);
  const unpacked = (script: string, from: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'lx-agent-package-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    execFileSync('sh', ['-euc', script, 'sh', from, folder], { stdio: 'pipe' });
    return folder;
  };

  test.each([
    ['.deb', 'dpkg-deb --extract "$1" "$2"'],
    ['.rpm', 'rpm2archive - < "$1" | tar -xz -C "$2"'],
    ['.tar.xz', 'tar -xf "$1" -C "$2"'],
  ])('is the one that was built, and unstripped: %s', (ending, script) => {
    const folder = unpacked(script, packageOf(ending));
    expect(readFileSync(join(folder, 'usr/lib/lx-agent/lx-agent')).equals(program)).toBe(true);
  });

  test('is the one that was built, and unstripped: .apk, of the same files as the .tar.xz but for systemd', () => {
    const { files, information } = readApk(readFileSync(packageOf('.apk')));
    const contents = new Map(files.map(({ path, content }) => [path, content]));
    expect(contents.get('usr/lib/lx-agent/lx-agent')?.equals(program)).toBe(true);
    const folder = unpacked('tar -xf "$1" -C "$2"', packageOf('.tar.xz'));
    const others = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const forSystemd = (path: string) => /^usr\/lib\/(systemd|lx-agent\/kernel-probe)(\/|$)/.test(path);
    expect(files.map(({ path }) => path).sort()).toEqual(others.filter((path) => !forSystemd(path)).sort());
    for (const [path, content] of contents)
      if (lstatSync(join(folder, path)).isFile())
        expect(content.equals(readFileSync(join(folder, path))), path).toBe(true);
    expect(contents.get('usr/bin/lx-agent')?.toString()).toContain('/usr/lib/lx-agent/runtime/ld-linux');
    expect(information).toMatchObject({ pkgname: 'lx-agent', arch: 'x86_64', license: 'MPL-2.0' });
  });
});

describe("the platform's archive", () => {
  const archive = () => packageOf('-platform.tar.xz');
  const unpacked = () => {
    const folder = mkdtempSync(join(tmpdir(), 'lx-agent-platform-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    execFileSync('tar', ['-xf', archive(), '-C', folder]);
    return join(folder, 'usr/lib/lx-agent');
  };

  test('holds the folder usr/lib/lx-agent and nothing else, all of it owned by root', () => {
    const listed = execFileSync('tar', ['-tvf', archive()], { encoding: 'utf8' }).trim().split('\n');
    for (const line of listed) expect(line).toMatch(/ root\/root |^\S+ 0\/0 /);
    expect(
      listed.map((line) => line.replace(/.* \.\//, '')).filter((path) => !/^(usr\/(lib\/)?)?$/.test(path)),
    ).toSatisfy((paths: string[]) => paths.every((path) => path.startsWith('usr/lib/lx-agent/')));
  });

  test('has the checksum of each of its files', () => {
    const folder = unpacked();
    const checked = execFileSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
    expect(checked.trim().split('\n').length).toBe(
      readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length -
        1,
    );
  });

  test('has a program that runs under the C library beside it, of the version that the manifest names', () => {
    const folder = unpacked();
    const argv = ['--library-path', join(folder, 'runtime'), join(folder, 'lx-agent')];
    const call = (...args: string[]) =>
      execFileSync(join(folder, 'runtime/ld-linux-x86-64.so.2'), [...argv, ...args], { encoding: 'utf8' });
    const version = call('--version').trim().replace('lx-agent ', '');
    expect(readFileSync(join(folder, 'manifest'), 'utf8')).toContain(`\nagent=${version}\n`);
    const root = mkdtempSync(join(tmpdir(), 'lx-agent-platform-root-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    mkdirSync(join(root, 'lib/systemd'), { recursive: true });
    mkdirSync(join(root, 'sbin'));
    writeFileSync(join(root, 'lib/systemd/systemd'), '');
    symlinkSync('/lib/systemd/systemd', join(root, 'sbin/init'));
    expect(call('boot', '--dry-run', '--root', root)).toMatch(/^lay down/);
  });
});
