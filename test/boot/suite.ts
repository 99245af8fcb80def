import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { filesBelow, type Tree, treeOf } from './disk-tree.ts';
import { boot, type Ending } from './guest.ts';
import { instance } from './instance.ts';
import { type BootPlace, bootPlace } from './place.ts';
import type { BootRecord } from './records.ts';
import type { BootRoot } from './roots.ts';

/** Seconds of the early stage's deadline in the boots that have no metadata; the default would only take longer. */
const earlyDeadline = 5;

/** Everything that must hold of a boot, whichever the init system, from the records that the booted system made. */
export function bootSuite(root: BootRoot): void {
  describe(`${root.name}: a first boot`, () => {
    const place = bootPlace();
    let records: BootRecord[];
    let ending: Ending;
    let environment: Record<'init' | 'early' | 'late', string>;
    let second: { records: BootRecord[]; ending: Ending; before: Tree; after: Tree };

    beforeAll(async () => {
      const server = await place.serve();
      const first = await bootToTheEnd(root, place, ['/sbin/shutdown', '-h', 'now']);
      ({ records, ending } = first);
      const given = (stage: string) =>
        readFileSync(place.disk.path(`/var/log/boot-test/${stage}.environment`), 'utf8');
      environment = { init: first.environment, early: given('early'), late: given('late') };
      const before = treeOf(place.disk);
      const again = await bootToTheEnd(root, place, ['/sbin/shutdown', '-r', 'now']);
      second = { ...again, before, after: treeOf(place.disk) };
      await server.close();
    });
    afterAll(() => place.remove());

    test('ends the early stage before the network, SSH key generation and sshd begin', () => {
      const end = first(records, 'early', 'end:0');
      for (const who of ['network', 'ssh-keygen', 'sshd'])
        expect(first(records, who, 'begin').at, who).toBeGreaterThan(end.at);
    });

    test('begins the late stage after the network is up', () => {
      expect(first(records, 'late', 'begin').at).toBeGreaterThan(first(records, 'network', 'end').at);
    });

    test('runs each stage exactly once', () => {
      expect(moments(records, 'early')).toEqual(['begin', 'end:0']);
      expect(moments(records, 'late').filter((what) => what === 'begin')).toHaveLength(1);
    });

    test('has the name and the resolvers right for the first service that asks', () => {
      for (const who of ['network', 'sshd', 'user-script']) {
        const { hostname, resolvers } = first(records, who, 'begin');
        expect({ who, hostname, resolvers }).toEqual({
          who,
          hostname: 'web-1',
          resolvers: instance['sdc:resolvers'],
        });
      }
    });

    test("keeps from the agent what of init's environment would alter its Node.js", () => {
      expect(environment.init).toMatch(/^NODE_REPL_EXTERNAL_MODULE=/m);
      for (const stage of ['early', 'late'] as const)
        expect(environment[stage], stage).not.toMatch(/(^|\0)(NODE|LD)_/);
      expect(existsSync(place.disk.path('/var/coverage'))).toBe(false);
    });

    test('does not hold getty and sshd for a user-script that sleeps for ten minutes', () => {
      expect(moments(records, 'user-script')).not.toContain('end');
      expect(moments(records, 'getty')).toContain('begin');
      expect(moments(records, 'sshd')).toContain('begin');
    });

    test('powers off cleanly, and asks the running user-script to end', () => {
      expect(ending).toBe('powered off');
      expectAskedToEnd(records);
    });

    test('changes nothing and regenerates nothing in a second boot', () => {
      expect(second.after).toEqual(second.before);
      expect(Object.keys(second.before)).toContain('/etc/ssh/ssh_host_ed25519_key');
      expect(moments(second.records, 'early')).toEqual(['begin', 'end:0']);
      expect(first(second.records, 'network', 'begin').hostname).toBe('web-1');
    });

    test('runs the user-script again in the second boot, and reboots cleanly', () => {
      expectAskedToEnd(second.records);
      expect(second.ending).toBe('rebooted');
    });
  });

  describe(`${root.name}: a boot without metadata`, () => {
    test('goes on after the early deadline when the server is mute', async () => {
      const place = bootPlace();
      const server = await place.serve({ mute: true });
      const { records, ending } = await bootWithoutMetadata(root, place);
      await server.close();
      place.remove();
      expect(ending).toBe('powered off');
      expect(moments(records, 'early')).toEqual(['begin', 'end:2']);
      expect(seconds(records, 'early')).toBeGreaterThan(earlyDeadline - 1);
      // Nowhere near the second try of anything; a busy machine may take its time to load the program.
      expect(seconds(records, 'early')).toBeLessThan(earlyDeadline + 8);
    });

    test('goes on within a second where the platform has no folder for the socket', async () => {
      const place = bootPlace();
      const { records, ending } = await bootWithoutMetadata(root, place);
      const report = readFileSync(place.disk.path('/var/lib/lx-agent/report-early.json'), 'utf8');
      place.remove();
      const { metadata } = v.parse(withoutMetadata, JSON.parse(report));
      expect(ending).toBe('powered off');
      // All the waiting that there was. The program's own start is measured by cost.ts: a busy machine tells nothing.
      expect(metadata.milliseconds).toBeLessThan(1000);
      expect(moments(records, 'early')).toEqual(['begin', 'end:2']);
    });
  });

  describe(`${root.name}: a boot that gives the late stage nothing to do`, () => {
    test('does not start it; the next one, with a user-script, does', async () => {
      const { 'user-script': userScript, ...quiet } = instance;
      const place = bootPlace();
      const server = await place.serve({}, quiet);
      const guest = await boot(root, { disk: place.disk, metadata: place.socketFolder() });
      await guest.waitFor('sshd', 'begin');
      await guest.waitFor('getty', 'begin');
      const mark = await guest.run('stat', '-c', '%a %u', '/run/lx-agent-late.idle');
      const status = v.parse(bothStages, JSON.parse(await guest.run('lx-agent', 'status', '--json')));
      const ending = await guest.end(['/sbin/shutdown', '-h', 'now']);
      const records = guest.records();
      server.metadata.set('user-script', userScript);
      const next = await bootToTheEnd(root, place, ['/sbin/shutdown', '-h', 'now']);
      await server.close();
      place.remove();
      expect(moments(records, 'early')).toEqual(['begin', 'end:0']);
      expect(moments(records, 'late')).toEqual([]);
      expect(mark.trim()).toBe('644 0');
      expect(status.late.boot).toBe(status.early.boot);
      expect(status.late.steps.map(({ name, result }) => `${name} ${result}`)).toEqual([
        'routes skipped',
        'user-script unchanged',
        'late-hooks skipped',
      ]);
      expect(ending).toBe('powered off');
      expect(moments(next.records, 'late')).toContain('begin');
      expectAskedToEnd(next.records);
    });
  });

  test(`${root.name}: in a container that is no zone the stages do nothing, and the early one says why`, async () => {
    const place = bootPlace();
    const guest = await boot(root, { disk: place.disk, zone: false });
    await guest.waitFor('sshd', 'begin');
    await guest.waitFor('getty', 'begin');
    await guest.waitFor('early', 'end:0');
    await guest.waitFor('late', 'end:0');
    const said =
      root.init === 'systemd'
        ? await guest.run('sh', '-c', 'journalctl --sync; journalctl --unit lx-agent-early --output cat')
        : guest.console();
    const ending = await guest.end(['/sbin/shutdown', '-h', 'now']);
    const records = guest.records();
    const wrote = filesBelow(place.disk.path('/var/lib/lx-agent'));
    place.remove();
    expect(said).toContain('not an lx zone');
    expect(wrote).toEqual([]);
    expect(first(records, 'network', 'begin').hostname).toBe('image');
    expect(ending).toBe('powered off');
  });
}

/** What a report says where the metadata was not to be had. */
const withoutMetadata = v.object({
  metadata: v.object({ status: v.literal('unavailable'), milliseconds: v.number() }),
});

/** What `status` says of a boot of which both stages are told. */
const ofStage = v.object({
  boot: v.string(),
  steps: v.array(v.object({ name: v.string(), result: v.string() })),
});
const bothStages = v.object({ early: ofStage, late: ofStage });

/** Boot until login services and the user-script run, then end the guest with a command of its own. */
async function bootToTheEnd(root: BootRoot, place: BootPlace, end: readonly string[]) {
  const guest = await boot(root, { disk: place.disk, metadata: place.socketFolder() });
  await guest.waitFor('user-script', 'begin');
  await guest.waitFor('sshd', 'begin');
  await guest.waitFor('getty', 'begin');
  const environment =
    root.init === 'systemd'
      ? await guest.run('systemctl', 'show-environment')
      : (await guest.run('cat', '/proc/1/environ')).replaceAll('\0', '\n');
  const ending = await guest.end(end);
  return { records: guest.records(), ending, environment };
}

/** Boot until the login services run, whatever the agent makes of its metadata, then power off. */
async function bootWithoutMetadata(root: BootRoot, place: BootPlace) {
  place.plant('/etc/lx-agent.ini', `[early]\nmetadata_deadline = ${earlyDeadline}\n`);
  const guest = await boot(root, { disk: place.disk, metadata: place.socketFolder() });
  await guest.waitFor('sshd', 'begin');
  await guest.waitFor('getty', 'begin');
  await guest.waitFor('late', 'begin');
  const ending = await guest.end(['/sbin/shutdown', '-h', 'now']);
  return { records: guest.records(), ending };
}

function moments(records: readonly BootRecord[], who: string): string[] {
  return records.filter((record) => record.who === who).map((record) => record.what);
}

/** The user-script began once, and did not end before it was asked to; who asked twice asked all the same. */
function expectAskedToEnd(records: readonly BootRecord[]): void {
  const [begin, ...later] = moments(records, 'user-script');
  expect(begin).toBe('begin');
  expect([...new Set(later)]).toEqual(['asked-to-end']);
}

function first(records: readonly BootRecord[], who: string, what: string): BootRecord {
  const found = records.find((record) => record.who === who && record.what === what);
  if (found === undefined)
    throw new Error(`no record of ${who} ${what}: ${records.map((r) => `${r.who} ${r.what}`).join(', ')}`);
  return found;
}

/** Seconds from the first to the last record of somebody. */
function seconds(records: readonly BootRecord[], who: string): number {
  const times = records.filter((record) => record.who === who).map((record) => record.at);
  const [begin, end] = [times[0], times.at(-1)];
  if (begin === undefined || end === undefined) throw new Error(`no record of ${who}`);
  return Number(end - begin) / 1e9;
}
