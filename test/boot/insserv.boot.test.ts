import { describe, expect, test } from 'vitest';
import { boot } from './guest.ts';
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
