import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { boot, type Guest } from './guest.ts';
import { lowerLayers } from './installed.ts';
import { bootPlace } from './place.ts';
import { rootNamed } from './roots.ts';
import { type Services, services } from './services.ts';

const releases = ['systemd on bullseye', 'systemd', 'systemd on trixie'] as const;

/** Boot a root on which the agent's image commands have run, until its services are up. */
async function booted(name: string, commands: readonly string[], kernel: 'lx' | 'linux') {
  const root = rootNamed(name);
  const place = bootPlace();
  const files = join(place.disk.folder, 'files');
  mkdirSync(files, { mode: 0o755 });
  const lower = lowerLayers(root, 'none').join(':');
  const said = commands.map(
    (command) =>
      spawnSync(
        join(import.meta.dirname, 'install.sh'),
        [lower, files, agentBinary, 'image', command, '--root'],
        { encoding: 'utf8' },
      ).stdout,
  );
  const server = await place.serve();
  const guest = await boot(root, { disk: place.disk, agent: 'none', kernel, metadata: place.socketFolder() });
  await guest.waitFor('sshd', 'begin');
  await guest.waitFor('user-script', 'begin');
  const found = await services(guest, root.init);
  const end = async () => {
    await guest.end(['/sbin/shutdown', '-h', 'now']);
    await server.close();
    place.remove();
  };
  return { guest, found, said, end };
}

const stage = v.object({ steps: v.array(v.object({ name: v.string(), result: v.string() })) });

/** What the steps of the early stage did, from its report; the late one ends when the user-script does. */
async function earlySteps(guest: Guest): Promise<string[]> {
  const { early } = v.parse(
    v.object({ early: stage }),
    JSON.parse(await guest.run('lx-agent', 'status', '--json')),
  );
  return early.steps.map(({ name, result }) => `${name} ${result}`);
}

describe.each(releases)('a prepared image in a zone, %s', (name) => {
  let end: () => Promise<void>;
  let guest: Guest;
  let found: Services;

  beforeAll(async () => {
    ({ guest, found, end } = await booted(name, ['install', 'prepare'], 'lx'));
  });
  afterAll(async () => {
    await end();
  });

  test('boots with no failed unit, and waits for nothing', () => {
    expect(found.failed).toEqual([]);
    expect(found.waits).toEqual([]);
  });

  test('starts nothing again and again', async () => {
    const shown = await guest.run('systemctl', 'show', '--property=Id', '--property=NRestarts', '*.service');
    expect([...shown.matchAll(/NRestarts=[1-9]\d*\nId=.*|Id=.*\nNRestarts=[1-9]\d*/g)].map(String)).toEqual(
      [],
    );
  });

  test('has the journal, logind and D-Bus at work', async () => {
    const units = ['systemd-journald.service', 'systemd-logind.service', 'dbus.service'];
    const states = await guest.run('systemctl', 'is-active', ...units);
    expect(states.trim().split('\n')).toEqual(units.map(() => 'active'));
    expect(await guest.run('journalctl', '--boot', '--unit=ssh.service', '--output=cat')).toContain(
      'Started',
    );
    expect(await guest.run('loginctl', 'list-sessions')).toMatch(/^(No|0) sessions/m);
  });

  test('does in the early stage what it does outside of a zone, and runs the user-script', async () => {
    const outside = await booted(name, ['install', 'prepare'], 'linux');
    const steps = await earlySteps(outside.guest);
    await outside.end();
    expect(await earlySteps(guest)).toEqual(steps);
  });
});

test.each(releases)(
  'an image with the agent alone boots in a zone with no failed unit but what check names, %s',
  async (name) => {
    const { found, said, end } = await booted(name, ['install', 'check'], 'lx');
    await end();
    // ifupdown brings the loopback up, which the kernel refuses; the agent leaves /etc/network/interfaces to its owner.
    const [networking, ...others] = found.failed;
    expect(networking).toMatch(/^networking\.service /);
    expect(others).toEqual(['degraded']);
    expect(said.at(-1)).toContain('config/ifupdown-loopback');
  },
);

describe.each(['networkd', 'netplan', 'networkmanager'])('an image whose network service is %s', (name) => {
  const unit = name === 'networkmanager' ? 'NetworkManager.service' : 'systemd-networkd.service';
  const asThePlatformLeftIt = async (guest: Guest) =>
    (await guest.run('/usr/lib/boot-test/network-state')) ===
    (await guest.run('cat', '/var/log/boot-test/network-before'));

  test('boots in a zone, prepared, without that service and with no failed unit', async () => {
    const { guest, found, end } = await booted(name, ['install', 'prepare'], 'lx');
    expect(found.failed).toEqual([]);
    expect(found.waits).toEqual([]);
    expect(found.started).not.toContain(unit);
    expect(await asThePlatformLeftIt(guest)).toBe(true);
    await end();
  });

  test('boots in a zone with the agent alone, and doctor names the service, which cannot start there', async () => {
    const { guest, end } = await booted(name, ['install'], 'lx');
    const told = JSON.parse(await guest.run('sh', '-c', 'lx-agent doctor --json || true'));
    const { findings } = v.parse(v.object({ findings: v.array(v.object({ text: v.string() })) }), told);
    const texts = findings.map(({ text }) => text);
    expect(texts).toContainEqual(
      expect.stringMatching(`^${unit} failed, and can never work in a zone: .*netlink protocol`),
    );
    expect(await asThePlatformLeftIt(guest)).toBe(true);
    await end();
  });
});
