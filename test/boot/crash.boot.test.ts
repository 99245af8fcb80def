import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '../../agent/report/schema.ts';
import { steps } from '../../agent/steps/order.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { type Ending, ending, openScratch, type Scratch, treeOf } from './scratch.ts';
import { type ZoneCalls, zoneCalls } from './zone/calls.ts';

// By the system calls of a zone, the built program is killed at each call in turn that changes a file system, and has
// calls on files refused: every file is then the old one or the new one, every step has been tried, and the next run ends
// where an undisturbed one does.
// All kills are tried; of the refusals of each call a few, spread evenly, or all with LX_AGENT_ALL_FAULTS=1.

const sample = process.env.LX_AGENT_ALL_FAULTS === undefined ? 4 : Number.POSITIVE_INFINITY;
const changing = ['write', 'rename', 'fsync', 'mkdir', 'unlink', 'symlink', 'fchmod', 'fchown'];
const refusals = {
  ENOSPC: ['write', 'fsync', 'mkdir', 'openat', 'rename'],
  EROFS: ['openat', 'mkdir', 'rename', 'unlink', 'fchmod'],
  EIO: [
    'write',
    'fsync',
    'read',
    'rename',
    'openat',
    'statx',
    'newfstatat',
    'readlink',
    'getdents64',
    'statfs',
  ],
  EMFILE: ['openat'],
  EACCES: ['openat', 'mkdir', 'rename', 'statx', 'newfstatat', 'readlink'],
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

const inZone = (root: string) => [...zone.argv, ...scratch.run(root)];

/** Where a disturbed run starts and where it must end, after one more. */
interface Scenario {
  readonly start: string;
  readonly before: Tree;
  readonly after: Tree;
}
type Tree = Readonly<Record<string, string>>;

for (const name of ['first boot', 'change', 'unchanged boot'] as const) {
  describe(name, () => {
    let scenario: Scenario;
    let copies = 0;
    /** A copy of the scenario's start, and the arguments of a run on it under strace. */
    function disturbed(...faults: string[]) {
      const root = join(scratch.folder, `${name} ${copies++}`.replace(' ', '-'));
      cpSync(scenario.start, root, { recursive: true, preserveTimestamps: true });
      const log = `${root}.calls`;
      const argv = ['strace', '-f', '-qq', '-y', '-o', log, ...faults.flatMap((fault) => ['-e', fault])];
      return {
        root,
        argv: [...zone.argv, ...argv, ...scratch.run(root)],
        calls: () => readFileSync(log, 'utf8').split('\n'),
      };
    }

    beforeAll(async () => {
      scratch.server.metadata.set('hostname', 'web-1');
      const start = scratch.root(`start of ${name}`.replaceAll(' ', '-'));
      if (name !== 'first boot') expect((await ending(inZone(start))).status).toBe(0);
      if (name === 'change') {
        scratch.server.metadata.set('hostname', 'web-2');
        scratch.server.metadata.set('sdc:resolvers', ['192.0.2.54']);
        scratch.server.metadata.set('user-data', 'color=red\n');
      }
      const end = `${start}-undisturbed`;
      cpSync(start, end, { recursive: true });
      expect((await ending(inZone(end))).status).toBe(0);
      scenario = { start, before: treeOf(start), after: treeOf(end) };
    });

    it('is whole after being killed at any call that changes the file system', async () => {
      let kills = 0;
      for (const call of changing) {
        for (let when = 1; ; when++) {
          const { root, argv } = disturbed(`trace=${call}`, `inject=${call}:signal=SIGKILL:when=${when}`);
          const { signal, status } = await ending(argv);
          if (signal !== 'SIGKILL' && status !== 137) break;
          kills++;
          expectWhole(root, scenario, `killed at ${call} ${when}`);
          await expectMended(root, scenario, `killed at ${call} ${when}`);
        }
      }
      // An unchanged boot writes its report and nothing else.
      expect(kills).toBeGreaterThan(name === 'unchanged boot' ? 2 : 40);
    });

    for (const [error, calls] of Object.entries(refusals)) {
      it(`names the failure, goes on and loses nothing at ${error}`, async () => {
        let met = 0;
        for (const call of calls) {
          const recorded = disturbed(`trace=${call}`);
          await ending(recorded.argv);
          for (const when of callsOnFiles(recorded.calls(), recorded.root)) {
            const {
              root,
              argv,
              calls: traced,
            } = disturbed(`trace=${call}`, `inject=${call}:error=${error}:when=${when}`);
            const end = await ending(argv);
            const injected = traced().find((line) => line.includes('(INJECTED)')) ?? '';
            if (!isOnFiles(injected, root)) continue;
            met++;
            const what = `${injected.replaceAll(root, '')}\n${end.said}`;
            expectWhole(root, scenario, what);
            expectNamed(end, root, scenario, error, what);
            expectAllSteps(end, root, scenario, what);
            await expectMended(root, scenario, what);
          }
        }
        expect(met).toBeGreaterThan(2);
      });
    }
  });
}

/** The numbers of a call, as strace counts it in one thread, at which it works on the root's files: a sample. */
function callsOnFiles(lines: readonly string[], root: string): number[] {
  const main = lines[0]?.split(' ')[0];
  return lines
    .filter((line) => line.split(' ')[0] === main && !line.includes('resumed'))
    .flatMap((line, index) => (isOnFiles(line, root) ? [index + 1] : []))
    .filter((_, index, all) => index % Math.max(1, Math.floor(all.length / sample)) === 0);
}

function isOnFiles(line: string, root: string): boolean {
  return line.includes(root) || line.includes('/proc/self/fd/');
}

/** Every file is the old one or the new one. */
function expectWhole(root: string, { before, after }: Scenario, what: string): void {
  for (const [path, content] of Object.entries(treeOf(root))) {
    if (/\/\.lx-agent-\d+-[0-9a-f]{16}/.test(path) || path === '/var/lib/lx-agent/state.json') continue;
    expect([before[path], after[path]], `${path}, ${what}`).toContain(content);
  }
  const report = join(root, 'var/lib/lx-agent');
  for (const name of Object.keys(treeOf(root)).some((path) => path === '/var/lib/lx-agent')
    ? readdirSync(report)
    : [])
    if (/^(report-\w+|state)\.json$/.test(name)) JSON.parse(readFileSync(join(report, name), 'utf8'));
}

/** A failure has its errno's name in what the program says; what is no failure left nothing undone. */
function expectNamed(
  { status, signal, said }: Ending,
  root: string,
  scenario: Scenario,
  error: string,
  what: string,
) {
  expect(signal, what).toBeNull();
  expect(said, what).not.toContain('this is a bug');
  if (status === 0) expect(treeOf(root), what).toEqual(scenario.after);
  else {
    expect(status, what).toBe(1);
    expect(said, what).toContain(error);
  }
}

/** Every step was tried, whatever could not be read. If the report could not be kept, the run says so. */
function expectAllSteps({ said }: Ending, root: string, { start }: Scenario, what: string): void {
  const [old, now] = [start, root].map(reportsOfRuns);
  const report = now?.find((path) => !old?.includes(path));
  if (report === undefined || said.includes('/var/lib/lx-agent/report-'))
    expect(said, what).toContain('/var/lib/lx-agent');
  else {
    const tried = v.parse(reportSchema, JSON.parse(readFileSync(join(root, report), 'utf8'))).steps;
    expect(
      tried.map(({ name }) => name),
      what,
    ).toEqual(steps.map(({ name }) => name));
  }
}

function reportsOfRuns(root: string): string[] {
  return Object.keys(snapshot(root)).filter((path) => /\/report-run-[^/]*\.json$/.test(path));
}

/** The next run ends where an undisturbed one does, with nothing temporary left. */
async function expectMended(root: string, { after }: Scenario, what: string): Promise<void> {
  const { status, said } = await ending(inZone(root));
  expect({ status, said: status === 0 ? '' : said }, what).toEqual({ status: 0, said: '' });
  expect(treeOf(root), what).toEqual(after);
}
