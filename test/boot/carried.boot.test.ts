import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boot, type Ending, type Guest } from './guest.ts';
import { instance } from './instance.ts';
import { type BootPlace, bootPlace } from './place.ts';
import { platformFolder } from './platform-folder.ts';
import type { BootRecord } from './records.ts';
import { type BootRoot, rootNamed } from './roots.ts';
import { services } from './services.ts';

// The agent is the platform's: in its read-only folder, called by lxinit's hook before the init of a root that nobody
// installed or prepared anything in.

const stateFolder = '/var/lib/lx-agent';
const platform = platformFolder();

interface Boot {
  readonly records: readonly BootRecord[];
  readonly failed: readonly string[];
  readonly console: string;
  readonly ending: Ending;
  readonly status: v.InferOutput<typeof statusSchema>;
}

const statusSchema = v.object({
  early: v.object({ kind: v.string(), program: v.optional(v.string()), exit: v.number(), boot: v.string() }),
  late: v.optional(v.object({ boot: v.string() })),
});

async function bootOnce(root: BootRoot, place: BootPlace): Promise<Boot> {
  const guest = await boot(root, {
    disk: place.disk,
    agent: 'none',
    metadata: place.socketFolder(),
    platform,
  });
  await loginsAndScript(guest, root);
  const { failed } = await services(guest, root.init);
  const status = v.parse(statusSchema, JSON.parse(await guest.run('lx-agent', 'status', '--json')));
  const ending = await guest.end(root.powerOff ?? ['/sbin/shutdown', '-h', 'now']);
  return { records: guest.records(), failed, console: guest.console(), ending, status };
}

async function loginsAndScript(guest: Guest, root: BootRoot): Promise<void> {
  await guest.waitFor('getty', 'begin');
  // Debian 13 has no sshd for runit.
  if (root.name !== 'runit on trixie') await guest.waitFor('sshd', 'begin');
  await guest.waitFor('user-script', 'begin');
}

/** The reports that a root has beside the last boot's, and the marks of stages that were done before init. */
const reports = (place: BootPlace, prefix: string) =>
  readdirSync(place.disk.path(stateFolder)).filter((name) => name.startsWith(prefix));

describe.each([
  'systemd on bullseye',
  'systemd',
  'systemd on trixie',
  'sysvinit',
  'openrc on sysvinit',
  'runit',
  'BusyBox init',
])('an untouched root with %s', (name) => {
  const root = rootNamed(name);
  const place = bootPlace();
  let first: Boot;
  let second: Boot;

  beforeAll(async () => {
    const server = await place.serve();
    place.plant('/var/svc/provisioning', '');
    first = await bootOnce(root, place);
    second = await bootOnce(root, place);
    await server.close();
  });
  afterAll(() => place.remove());

  test('boots at the first try as its metadata says', () => {
    const network = first.records.find(({ who, what }) => who === 'network' && what === 'begin');
    expect(network?.hostname).toBe('web-1');
    expect(network?.resolvers).toEqual(instance['sdc:resolvers']);
    const text = (path: string) => readFileSync(place.disk.path(path), 'utf8');
    expect(text('/etc/hostname')).toBe('web-1\n');
    expect(text('/root/.ssh/authorized_keys')).toContain(instance.root_authorized_keys);
    expect(readdirSync(place.disk.path('/var/svc'))).toContain('provision_success');
    expect(text('/etc/ssh/ssh_host_ed25519_key')).toContain('PRIVATE KEY');
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
    // A second early stage in a boot would be filed as a run beside the boot's.
    expect(reports(place, 'report-run-')).toEqual([]);
    expect(reports(place, 'report-early-')).toHaveLength(1);
  });

  test('runs the user-script once in each boot', () => {
    for (const { records } of [first, second])
      expect(records.filter(({ who, what }) => who === 'user-script' && what === 'begin')).toHaveLength(1);
  });

  test('says on the console what it laid down, once', () => {
    expect(first.console).toContain('this root has no agent: it was prepared');
    expect(second.console).not.toContain('lx-agent: ');
  });
});

test("an image that brings its own agent does the work by it, once, and the platform's does none", async () => {
  const place = bootPlace();
  const server = await place.serve();
  const root = rootNamed('systemd');
  const guest = await boot(root, {
    disk: place.disk,
    agent: 'installed',
    metadata: place.socketFolder(),
    platform,
  });
  await loginsAndScript(guest, root);
  const status = v.parse(statusSchema, JSON.parse(await guest.run('lx-agent', 'status', '--json')));
  await guest.end(['/sbin/shutdown', '-h', 'now']);
  await server.close();
  expect(guest.console()).toContain('the image brings its own agent');
  expect(status.early).toMatchObject({ kind: 'boot', exit: 0 });
  expect(status.early.program).toBeUndefined();
  expect(reports(place, 'report-run-')).toEqual([]);
  place.remove();
});

test('a mute metadata server is waited for once: by the platform, and not again by the unit', async () => {
  const place = bootPlace();
  place.plant('/etc/lx-agent.ini', '[early]\nmetadata_deadline = 3\n');
  const server = await place.serve({ mute: true });
  const guest = await boot(rootNamed('systemd'), {
    disk: place.disk,
    agent: 'none',
    metadata: place.socketFolder(),
    platform,
  });
  await guest.waitFor('getty', 'begin');
  await guest.waitFor('sshd', 'begin');
  const report = JSON.parse(readFileSync(place.disk.path(`${stateFolder}/report-early.json`), 'utf8'));
  await guest.end(['/sbin/shutdown', '-h', 'now']);
  await server.close();
  expect(guest.console()).toContain('the metadata could not be read');
  expect(report).toMatchObject({ kind: 'before init', exit: 2 });
  expect(reports(place, 'report-run-')).toEqual([]);
  place.remove();
});

test('a hook that fails ends the zone before init: so the agent never lets it fail', async () => {
  const place = bootPlace();
  const guest = await boot(rootNamed('systemd'), {
    disk: place.disk,
    agent: 'none',
    platform: platformFolder({ hookFails: true }),
  });
  await guest.end(['/bin/true']);
  expect(guest.console()).toContain('lxinit: the hook failed, and the zone ends');
  place.remove();
});
