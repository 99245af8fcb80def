import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { become, contents, initTrees } from '../support/exchanged-init.ts';
import { plant } from '../support/temporary-root.ts';
import { ending, openScratch, type Scratch } from './scratch.ts';

// `lx-agent boot` is killed at each call that puts something in its place or takes it away, in a root whose init system
// was exchanged. The next boot ends where an undisturbed one does.

let scratch: Scratch;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

const bootOf = (root: string, ...strace: readonly string[]) => [
  ...strace,
  ...[agentBinary, 'boot', '--root', root, '--socket', join(scratch.folder, 'metadata.sock')],
];

/** All but the log, which tells how often it was tried. */
function outcome(root: string): Record<string, string> {
  return Object.fromEntries(Object.entries(contents(root)).filter(([path]) => !path.startsWith('/var/log/')));
}

// Scripts of one name and another content, links of another number, and nothing in common.
test.each([
  ['OpenRC on BusyBox', 'sysvinit'],
  ['sysvinit', 'runit of Debian'],
  ['systemd', 'OpenRC on BusyBox'],
])('an exchange of %s for %s is carried through after a kill', async (from, to) => {
  const start = join(scratch.folder, `${from}, then ${to}`.replaceAll(' ', '-'));
  mkdirSync(start);
  plant(start, initTrees[from] ?? {});
  expect((await ending(bootOf(start))).status).toBe(0);
  become(start, from, to);
  const copy = (name: string) => {
    cpSync(start, `${start}-${name}`, { recursive: true, verbatimSymlinks: true });
    return `${start}-${name}`;
  };
  const undisturbed = copy('undisturbed');
  await ending(bootOf(undisturbed));
  const wanted = outcome(undisturbed);
  let kills = 0;
  for (const call of ['rename', 'symlink', 'unlink'])
    for (let when = 1; ; when++) {
      const root = copy(`${call}-${when}`);
      const inject = `inject=${call}:signal=SIGKILL:when=${when}`;
      const strace = ['strace', '-f', '-qq', '-o', `${root}.calls`, '-e', `trace=${call}`, '-e', inject];
      const { signal, status } = await ending(bootOf(root, ...strace));
      if (signal !== 'SIGKILL' && status !== 137) break;
      kills++;
      await ending(bootOf(root));
      expect(outcome(root), `killed at ${call} ${when}`).toEqual(wanted);
    }
  expect(kills).toBeGreaterThan(15);
});
