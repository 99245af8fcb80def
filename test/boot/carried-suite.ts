import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Tree, treeOf } from './disk-tree.ts';
import { boot, type Ending, type Guest } from './guest.ts';
import { instance } from './instance.ts';
import { type BootPlace, bootPlace } from './place.ts';
import type { BootRecord } from './records.ts';
import type { BootRoot } from './roots.ts';
import { services } from './services.ts';

const stateFolder = '/var/lib/lx-agent';

const statusSchema = v.object({
  early: v.object({ kind: v.string(), program: v.optional(v.string()), exit: v.number(), boot: v.string() }),
  late: v.optional(v.object({ boot: v.string() })),
});

/** A boot of a root by a platform that carries the agent, from its first process to its end. */
export interface CarriedBoot {
  readonly records: readonly BootRecord[];
  readonly failed: readonly string[];
  readonly console: string;
  readonly ending: Ending;
  readonly status: v.InferOutput<typeof statusSchema>;
}

/** Boot a root as a zone of the platform, and end it when its logins and its user-script run. */
export async function bootCarried(
  root: BootRoot,
  place: BootPlace,
  platform: string,
  agent: 'none' | 'installed' = 'none',
): Promise<CarriedBoot> {
  const guest = await boot(root, { disk: place.disk, agent, metadata: place.socketFolder(), platform });
  await loginsAndScript(guest);
  const { failed } = await services(guest, root.init);
  const status = v.parse(statusSchema, JSON.parse(await guest.run('lx-agent', 'status', '--json')));
  const ending = await guest.end(root.powerOff ?? ['/sbin/shutdown', '-h', 'now']);
  return { records: guest.records(), failed, console: guest.console(), ending, status };
}

async function loginsAndScript(guest: Guest): Promise<void> {
  await guest.waitFor('getty', 'begin');
  await guest.waitFor('sshd', 'begin');
  await guest.waitFor('user-script', 'begin');
}

/** The reports of one kind in a root; a stage that runs a second time in a boot is filed as a run beside it. */
export function reports(place: BootPlace, prefix: string): readonly string[] {
  return readdirSync(place.disk.path(stateFolder)).filter((name) => name.startsWith(prefix));
}

/** What somebody put on record in a boot. */
export function moments(records: readonly BootRecord[], who: string): readonly string[] {
  return records.flatMap((record) => (record.who === who ? [record.what] : []));
}

/** Hold the first boot of a root against the metadata of the tests' instance. */
export function expectInstance(records: readonly BootRecord[], place: BootPlace): void {
  const network = records.find(({ who, what }) => who === 'network' && what === 'begin');
  expect(network?.hostname).toBe('web-1');
  expect(network?.resolvers).toEqual(instance['sdc:resolvers']);
  const text = (path: string) => readFileSync(place.disk.path(path), 'utf8');
  expect(text('/etc/hostname')).toBe('web-1\n');
  expect(text('/root/.ssh/authorized_keys')).toContain(instance.root_authorized_keys);
  expect(readdirSync(place.disk.path('/var/svc'))).toContain('provision_success');
  expect(text('/etc/ssh/ssh_host_ed25519_key')).toContain('PRIVATE KEY');
}

/** Everything that must hold of two boots of a root that nobody installed or prepared anything in. */
export function untouchedSuite(root: BootRoot, platform: string): void {
  describe(`an untouched root with ${root.name}`, () => {
    const place = bootPlace();
    let first: CarriedBoot;
    let second: CarriedBoot;
    let before: Tree;

    beforeAll(async () => {
      const server = await place.serve();
      place.plant('/var/svc/provisioning', '');
      first = await bootCarried(root, place, platform);
      before = treeOf(place.disk);
      second = await bootCarried(root, place, platform);
      await server.close();
    });
    afterAll(() => place.remove());

    test('boots at the first try as its metadata says', () => {
      expectInstance(first.records, place);
    });

    test('has no failed service, and powers off cleanly', () => {
      expect(first.failed).toEqual([]);
      expect(second.failed).toEqual([]);
      expect([first.ending, second.ending]).toEqual(['powered off', 'powered off']);
    });

    test("runs one process of ours before init in each boot, and none of the early stage's in it", () => {
      for (const { status } of [first, second])
        expect(status.early).toMatchObject({
          kind: 'before init',
          exit: 0,
          program: '/native/usr/lib/lx-agent/lx-agent',
        });
      expect(first.status.early.boot).not.toBe(second.status.early.boot);
      expect(reports(place, 'report-run-')).toEqual([]);
      expect(reports(place, 'report-early-')).toHaveLength(1);
    });

    test('changes nothing in the second boot', () => {
      expect(treeOf(place.disk)).toEqual(before);
    });

    test('runs the user-script once in each boot', () => {
      for (const { records } of [first, second])
        expect(moments(records, 'user-script').filter((what) => what === 'begin')).toHaveLength(1);
    });

    test('says on the console what it laid down, once', () => {
      expect(first.console).toContain('this root has no agent: it was prepared');
      expect(second.console).not.toContain('lx-agent: ');
    });
  });
}
