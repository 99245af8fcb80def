import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { plant } from '../support/temporary-root.ts';
import { type Ending, ending, openScratch, type Scratch, treeOf } from './scratch.ts';
import { type ZoneCalls, zoneCalls } from './zone/calls.ts';

// `lx-agent boot` is killed, or refused a call, at calls spread over a first boot and a later one, by the system calls
// of a zone. It always ends, with 0 unless it is killed, and the next boot ends where an undisturbed one does. With
// LX_AGENT_ALL_FAULTS=1 it is disturbed at each of its calls: docs/platform.md says how long that takes.

const all = process.env.LX_AGENT_ALL_FAULTS !== undefined;
/** How many calls of a kind are disturbed in each scenario, about. */
const sample = all ? Number.POSITIVE_INFINITY : 8;
/** How many boots run at once: other test files have the second processor, unless this one runs alone. */
const atOnce = all ? availableParallelism() : 1;
const changing = ['write', 'rename', 'fsync', 'mkdir', 'unlink', 'symlink', 'fchmod'];
const refusals = {
  ENOSPC: ['write', 'fsync', 'mkdir', 'openat', 'rename'],
  EROFS: ['openat', 'mkdir', 'rename', 'unlink', 'symlink'],
  EIO: ['write', 'fsync', 'read', 'openat', 'readlink', 'statx', 'newfstatat'],
};

/** Milliseconds for one kind of fault. */
const limit = all ? 4 * 3_600_000 : 300_000;

/** A boot that was disturbed. */
interface Disturbed {
  readonly root: string;
  readonly end: Ending;
  /** What strace wrote of it. */
  readonly calls: readonly string[];
  /** The call that was refused; empty where none was. */
  readonly injected: string;
}
/** What went wrong with it by itself; `not met` where the call did not come. */
type Verdict = string | 'not met' | undefined;

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
    async function disturbed(call: string, fault: string | undefined): Promise<Disturbed> {
      const root = `${start}-${copies++}`;
      cpSync(start, root, { recursive: true, verbatimSymlinks: true });
      const log = `${root}.calls`;
      const inject = fault === undefined ? [] : ['-e', `inject=${call}:${fault}`];
      const strace = ['strace', '-f', '-qq', '-y', '-o', log, '-e', `trace=${call}`, ...inject];
      const end = await ending(bootOf(root, ...strace));
      const calls = readFileSync(log, 'utf8').split('\n');
      rmSync(log);
      const injected = calls.find((line) => line.includes('(INJECTED)'))?.replaceAll(root, '') ?? '';
      return { root, end, calls, injected };
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

    /** Why the boot after a disturbed one does not end where an undisturbed one does; undefined when it does. */
    async function notMended(root: string): Promise<string | undefined> {
      const { status, said } = await ending(bootOf(root));
      if (status !== 0) return `the next boot ended with ${status}: ${said}`;
      const now = outcome(root);
      const paths = [...new Set([...Object.keys(now), ...Object.keys(wanted)])];
      const others = paths.filter((path) => now[path] !== wanted[path]);
      return others.length === 0 ? undefined : `the next boot left otherwise: ${others.join(', ')}`;
    }

    /** Disturb a boot at calls of some kinds. Answers with how often, and with all that went wrong. */
    async function disturbAll(kinds: readonly string[], fault: string, look: (one: Disturbed) => Verdict) {
      const cases: [call: string, when: number][] = [];
      for (const call of kinds) for (const when of await someCalls(call)) cases.push([call, when]);
      const wrong: string[] = [];
      let met = 0;
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          for (let next = cases.pop(); next !== undefined; next = cases.pop()) {
            const [call, when] = next;
            const one = await disturbed(call, `${fault}:when=${when}`);
            const verdict = look(one);
            if (verdict !== 'not met') {
              met++;
              const what = verdict ?? (await notMended(one.root));
              if (what !== undefined)
                wrong.push(`${fault} at ${call} ${when}, ${one.injected}: ${what}\n${one.end.said}`);
            }
            rmSync(one.root, { recursive: true, force: true });
          }
        }),
      );
      if (all) console.log(`a ${name} boot: ${fault}: disturbed ${met} times, ${wrong.length} went wrong`);
      return { met, wrong };
    }

    it(
      'is made good by the next one after it was killed',
      async () => {
        const { met, wrong } = await disturbAll(changing, 'signal=SIGKILL', ({ end }) =>
          end.signal === 'SIGKILL' || end.status === 137 ? undefined : 'not met',
        );
        expect(wrong).toEqual([]);
        expect(met).toBeGreaterThan(6);
      },
      limit,
    );

    for (const [error, calls] of Object.entries(refusals))
      it(
        `ends with 0 at ${error}, and says what it was`,
        async () => {
          const { met, wrong } = await disturbAll(calls, `error=${error}`, ({ injected, end }) => {
            if (injected === '') return 'not met';
            if (end.status !== 0) return `ended with ${end.status ?? end.signal}`;
            return end.said.includes('this is a bug') ? 'a bug' : undefined;
          });
          expect(wrong).toEqual([]);
          expect(met).toBeGreaterThan(4);
        },
        limit,
      );
  });
}
