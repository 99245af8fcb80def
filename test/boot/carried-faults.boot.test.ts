import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { plant } from '../support/temporary-root.ts';
import { ending, openScratch, type Scratch, treeOf } from './scratch.ts';
import { type ZoneCalls, zoneCalls } from './zone/calls.ts';

// `lx-agent boot` is killed, or refused a call, at calls spread over a first boot and a later one, all of them with
// LX_AGENT_ALL_FAULTS=1, by the system calls of a zone. It always ends, with 0 unless it is killed, and the next boot ends where an undisturbed one does.

const sample = process.env.LX_AGENT_ALL_FAULTS === undefined ? 3 : Number.POSITIVE_INFINITY;
const changing = ['write', 'rename', 'fsync', 'mkdir', 'unlink', 'symlink', 'fchmod'];
const refusals = {
  ENOSPC: ['write', 'fsync', 'mkdir', 'openat', 'rename'],
  EROFS: ['openat', 'mkdir', 'rename', 'unlink', 'symlink'],
  EIO: ['write', 'fsync', 'read', 'openat', 'readlink', 'statx', 'newfstatat'],
};

let scratch: Scratch;
let zone: ZoneCalls;
beforeAll(async () => {
  scratch = await openScratch();
  zone = await zoneCalls();
});
afterAll(async () => {
  await zone.end();
  await scratch.close();
});

const bootOf = (root: string, ...strace: readonly string[]) => [
  ...zone.argv,
  ...strace,
  agentBinary,
  'boot',
  '--root',
  root,
  '--socket',
  join(scratch.folder, 'metadata.sock'),
];

/** What the boots make of a root: all but what tells how they came to it. */
function outcome(root: string): Record<string, string> {
  const history =
    /^\/var\/lib\/lx-agent\/(image\.json|image-backup\/|prepare\.json|prepare-backup\/|state\.json)|^\/var\/log\/|\/\.lx-agent-/;
  return Object.fromEntries(Object.entries(treeOf(root)).filter(([path]) => !history.test(path)));
}

for (const name of ['first', 'later'] as const) {
  describe(`a ${name} boot`, () => {
    let start: string;
    let wanted: Record<string, string>;
    let copies = 0;

    beforeAll(async () => {
      scratch.server.metadata.set('hostname', 'web-1');
      start = join(scratch.folder, `start-of-${name}`);
      mkdirSync(start);
      plant(start, { ...debianSystemd, '/var/svc/provisioning': '' });
      if (name === 'later') {
        expect((await ending(bootOf(start))).status).toBe(0);
        scratch.server.metadata.set('hostname', 'web-2');
      }
      const undisturbed = `${start}-undisturbed`;
      cpSync(start, undisturbed, { recursive: true, verbatimSymlinks: true });
      expect((await ending(bootOf(undisturbed))).status).toBe(0);
      wanted = outcome(undisturbed);
    });

    /** A boot of a copy of the start under strace, with a fault; its calls, and how it ended. */
    async function disturbed(call: string, fault: string | undefined) {
      const root = `${start}-${copies++}`;
      cpSync(start, root, { recursive: true, verbatimSymlinks: true });
      const log = `${root}.calls`;
      const inject = fault === undefined ? [] : ['-e', `inject=${call}:${fault}`];
      const strace = ['strace', '-f', '-qq', '-y', '-o', log, '-e', `trace=${call}`, ...inject];
      const end = await ending(bootOf(root, ...strace));
      return { root, end, calls: readFileSync(log, 'utf8').split('\n') };
    }

    /** The numbers of some calls, spread evenly over those that are about the root's files. */
    async function someCalls(call: string): Promise<number[]> {
      const { calls, root } = await disturbed(call, undefined);
      const main = calls[0]?.split(' ')[0];
      const numbers = calls
        .filter((line) => line.split(' ')[0] === main && !line.includes('resumed'))
        .flatMap((line, index) =>
          line.includes(root) || line.includes('/proc/self/fd/') ? [index + 1] : [],
        );
      return numbers.filter((_, index) => index % Math.max(1, Math.floor(numbers.length / sample)) === 0);
    }

    async function expectMended(root: string, what: string): Promise<void> {
      expect((await ending(bootOf(root))).status, what).toBe(0);
      expect(outcome(root), what).toEqual(wanted);
    }

    it('is made good by the next one after it was killed', async () => {
      let kills = 0;
      for (const call of changing)
        for (const when of await someCalls(call)) {
          const what = `killed at ${call} ${when}`;
          const { root, end } = await disturbed(call, `signal=SIGKILL:when=${when}`);
          if (end.signal !== 'SIGKILL' && end.status !== 137) continue;
          kills++;
          await expectMended(root, what);
        }
      expect(kills).toBeGreaterThan(6);
    });

    for (const [error, calls] of Object.entries(refusals))
      it(`ends with 0 at ${error}, and says what it was`, async () => {
        let met = 0;
        for (const call of calls)
          for (const when of await someCalls(call)) {
            const { root, end, calls: traced } = await disturbed(call, `error=${error}:when=${when}`);
            const injected = traced.find((line) => line.includes('(INJECTED)'));
            if (injected === undefined) continue;
            met++;
            const what = `${injected.replaceAll(root, '')}\n${end.said}`;
            expect({ status: end.status, signal: end.signal }, what).toEqual({ status: 0, signal: null });
            expect(end.said, what).not.toContain('this is a bug');
            await expectMended(root, what);
          }
        expect(met).toBeGreaterThan(4);
      });
  });
}
