import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { changesFolder, onRoot } from './image-root.ts';

/** Those that own a file, a service or a folder that preparing has a say about. */
const everywhere = ['base-files', 'openssh-server', 'openssh-client', 'ifupdown', 'login'];
const sysv = ['initscripts', 'sysvinit-core', 'sysv-rc', 'insserv', 'procps', 'kmod'];
const systemd = [...everywhere, 'systemd', 'systemd-sysv', 'dbus'];

describe('an upgrade of the packages that own what preparing touches', () => {
  test.each([
    ['systemd', '', systemd],
    ['systemd', 'trixie/', systemd],
    ['sysvinit', '', [...everywhere, ...sysv]],
    ['sysvinit', 'trixie/', [...everywhere, ...sysv]],
    ['openrc', '', [...everywhere, 'initscripts', 'sysvinit-core', 'openrc', 'procps']],
    ['runit', '', [...everywhere, ...sysv, 'runit', 'runit-init', 'runit-services']],
  ])('undoes nothing with %s (%s)', (layer, release, packages) => {
    const changes = changesFolder();
    const lower = [`${release}${layer}`, `${release}base`];
    onRoot(lower, changes, `for verb in install prepare; do "$AGENT" image $verb --root "$1"; done`, {
      AGENT: agentBinary,
    });
    const touched = ours(changes);
    const script = '"$UPGRADE" "$1" $PACKAGES; "$AGENT" image check --root "$1" --skip clean';
    const said = onRoot(lower, changes, script, {
      AGENT: agentBinary,
      UPGRADE: join(import.meta.dirname, 'upgrade.sh'),
      PACKAGES: packages.join(' '),
    });
    const after = ours(changes);
    expect(said).toMatch(/^upgraded ([5-9]|\d\d) packages\nnothing is left to do/);
    expect(Object.keys(touched).length).toBeGreaterThan(30);
    expect(Object.fromEntries(Object.keys(touched).map((path) => [path, after[path]]))).toEqual(touched);
  });
});

/**
 * What lies in an overlay's changes: what the image commands touched. Left out is what a system writes all the time:
 * logs, dpkg's records, and the machine-id, which packages make anew and `clean` removes when an image is made; and
 * what insserv calculates anew with each package: the numbers of links, and its dependency files.
 */
function ours(changes: string): Readonly<Record<string, string>> {
  const passing =
    /^\/(etc\/init\.d\/\.depend\.\w+|var\/log|var\/lib\/dpkg|var\/lib\/dbus\/machine-id|var\/cache|root\/\.ssh|etc\/machine-id|tmp)(\/|$)/;
  return Object.fromEntries(
    Object.entries(snapshot(changes))
      .filter(([path]) => !passing.test(path))
      .map(([path, what]) => [path.replace(/^(\/etc\/rc.\.d\/[SK])\d\d/, '$1'), what]),
  );
}
