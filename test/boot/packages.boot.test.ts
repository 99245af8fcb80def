import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changesFolder, onRoot } from './image-root.ts';

const repository = join(import.meta.dirname, '../..');
const built = join(repository, 'dist/packages');

/** The Debian package, built when it is not there yet. */
function debianPackage(): string {
  if (!existsSync(built)) execFileSync('npm', ['run', 'package'], { cwd: repository, stdio: 'pipe' });
  const name = readdirSync(built).find((file) => file.endsWith('.deb'));
  if (name === undefined) throw new Error(`no .deb in ${built}; npm run package makes it`);
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
       test -L "$1/etc/systemd/system/sysinit.target.wants/lx-agent-early.service" && echo enabled
       chroot "$1" dpkg -i /tmp/newer.deb > /dev/null
       chroot "$1" dpkg-query -W -f '\${Version}\\n' lx-agent
       chroot "$1" dpkg -r lx-agent > /dev/null
       test -e "$1/etc/lx-agent.ini" && echo "configuration kept"
       chroot "$1" dpkg -P lx-agent > /dev/null
       ${listing} > "$1/tmp/after"
       diff "$1/tmp/before" "$1/tmp/after" && echo "as it was"`,
      { DEB: debianPackage() },
    );
    expect(output).toMatch(/^lx-agent \S+ \(\S+\)\nenabled\n99\nconfiguration kept\nas it was\n$/);
  });
});
