import { describe, expect, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { boot } from './guest.ts';
import { changesFolder, onRoot } from './image-root.ts';
import { bootPlace } from './place.ts';
import { rootNamed } from './roots.ts';

describe('what enabling does to the dependency files of sysvinit', () => {
  test('is what insserv makes of the LSB headers', async () => {
    const place = bootPlace();
    const guest = await boot(rootNamed('sysvinit'), { disk: place.disk });
    await guest.waitFor('sshd', 'begin');
    const read = (which: string) => guest.run('cat', `/etc/init.d/.depend.${which}`);
    const files = ['boot', 'start', 'stop'];
    const ours = await Promise.all(files.map(read));
    await guest.run('insserv', 'lx-agent-early', 'lx-agent-late');
    const theirs = await Promise.all(files.map(read));
    await guest.end(['/sbin/shutdown', '-h', 'now']);
    place.remove();
    expect(ours.map(graph)).toEqual(theirs.map(graph));
  });
});

describe.each([
  ['Debian 12', ''],
  ['Debian 13', 'trixie/'],
])('in a prepared image of %s', (_name, release) => {
  test('insserv goes on working, for packages with services to come, and keeps the order that preparing made', () => {
    const output = onRoot(
      [`${release}sysvinit`, `${release}base`],
      changesFolder(),
      `"$AGENT" image install --root "$1" > /dev/null
       "$AGENT" image prepare --root "$1" > /dev/null
       order() { grep -E '^(mountall|checkroot-bootclean)[.]sh:' "$1/etc/init.d/.depend.boot"; }
       order "$1"
       printf '%s\\n' '#!/bin/sh' '### BEGIN INIT INFO' '# Provides: news' '# Required-Start: $remote_fs' \\
         '# Required-Stop:' '# Default-Start: 2 3 4 5' '# Default-Stop:' '### END INIT INFO' > "$1/etc/init.d/news"
       chmod 755 "$1/etc/init.d/news"
       chroot "$1" update-rc.d news defaults
       ls "$1/etc/rc2.d" | grep news
       order "$1"
       "$AGENT" image check --root "$1" --only services
       "$AGENT" image uninstall --root "$1" | grep -c kept || true
       (cd "$1/etc" && ls rc?.d) | grep lx-agent || true
       grep lx-agent "$1"/etc/init.d/.depend.* || true
       chroot "$1" insserv 2> /dev/null && echo "insserv content"`,
      { AGENT: agentBinary },
    );
    // A long line goes on in the next one, with an indent.
    const lines = output.replaceAll('\n  ', ' ').split('\n');
    const ordered = lines.slice(0, 2).map(waitsFor);
    expect(ordered[0]).toEqual(['checkfs.sh', 'checkroot-bootclean.sh', 'hostname.sh', 'mountdevsubfs.sh']);
    expect(ordered[1]).toEqual(['checkroot.sh', 'hostname.sh', 'mountdevsubfs.sh']);
    expect(lines[2]).toMatch(/^S\d\dnews$/);
    const anew = lines.slice(3, 5).map(waitsFor);
    expect(anew[0]).toEqual(['checkroot-bootclean.sh', 'hostname.sh', 'mountdevsubfs.sh']);
    expect(anew[1]).toEqual(['hostname.sh', 'mountdevsubfs.sh']);
    expect(lines[5]).toContain('nothing is left to do');
    // Nothing was kept, no link and no line of ours is left, under whatever number.
    expect(lines.slice(6)).toEqual(['0', 'insserv content', '']);
  });
});

/** What a script waits for, by its line in a dependency file. */
function waitsFor(line: string): string[] {
  return line.split(/:? +/).slice(1).sort();
}

/** A dependency file as a graph, whatever the order in which it is written. */
function graph(text: string) {
  const lines = text.split('\n').filter((line) => line !== '');
  const targets = lines
    .find((line) => line.startsWith('TARGETS'))
    ?.split(/\s+/)
    .slice(2)
    .sort();
  const rules = lines.flatMap((line) => {
    const [name, before] = line.split(': ');
    return before === undefined ? [] : [[name, before.trim().split(/\s+/).sort()]];
  });
  return { targets, rules: Object.fromEntries(rules) };
}
