import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boot, type Guest } from './guest.ts';
import { bootPlace } from './place.ts';
import { rootNamed } from './roots.ts';

/** What a service may ask for that a zone's kernel refuses, by the directive, from which version of systemd on. */
const asked: readonly (readonly [string, number])[] = [
  ['NoNewPrivileges=yes', 0],
  ['NoNewPrivileges=yes\nUser=nobody', 0],
  ['SystemCallFilter=@system-service\nUser=nobody', 0],
  // A filter that does not let systemd change the user after it is in force.
  ['SystemCallFilter=@system-service\nSystemCallFilter=~@privileged\nUser=nobody', 0],
  ['SystemCallArchitectures=native\nUser=nobody', 0],
  ['RestrictAddressFamilies=AF_UNIX\nUser=nobody', 0],
  ['MemoryDenyWriteExecute=yes\nUser=nobody', 0],
  ['RestrictRealtime=yes\nUser=nobody', 0],
  ['RestrictNamespaces=yes\nUser=nobody', 0],
  ['RestrictSUIDSGID=yes\nUser=nobody', 0],
  ['LockPersonality=yes\nUser=nobody', 0],
  ['PrivateDevices=yes\nUser=nobody', 0],
  ['ProtectKernelTunables=yes\nUser=nobody', 0],
  ['ProtectKernelModules=yes\nUser=nobody', 0],
  ['ProtectKernelLogs=yes\nUser=nobody', 0],
  ['ProtectClock=yes\nUser=nobody', 0],
  ['ProtectHostname=yes\nUser=nobody', 0],
  ['SystemCallLog=@clock\nUser=nobody', 247],
  ['LoadCredential=a:/etc/passwd', 0],
  ['SetCredential=a:b', 0],
  ['ImportCredential=a*', 254],
  ['PrivateUsers=yes', 0],
  ['BindPaths=/tmp:/mnt', 0],
  ['BindReadOnlyPaths=/tmp:/mnt', 0],
  ['TemporaryFileSystem=/mnt', 0],
  ['LogNamespace=other', 0],
  ['NetworkNamespacePath=/proc/1/ns/net', 0],
  ['IPCNamespacePath=/proc/1/ns/ipc', 248],
  ['TimerSlackNSec=1ms', 0],
  ['MemoryKSM=yes', 254],
  ['PrivatePIDs=yes', 257],
  ['ProtectControlGroups=private', 257],
];

const service = (settings: string, command = '/bin/true') =>
  `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=${command}\n${settings}\n`;
const generated = '/run/systemd/generator/*.d/zz-lx-agent.conf';

/** A guest with a service for each of the directives, and what is particular to a test. */
async function booted(name: string, kernel: 'lx' | 'linux', files: Readonly<Record<string, string>> = {}) {
  const place = bootPlace();
  const root = rootNamed(name);
  const units = asked.map(([settings], index) => [
    `/etc/systemd/system/asks-${index}.service`,
    service(settings),
  ]);
  for (const [path = '', content = ''] of [...units, ...Object.entries(files)]) {
    mkdirSync(dirname(place.disk.path(path)), { recursive: true, mode: 0o755 });
    writeFileSync(place.disk.path(path), content);
    chmodSync(place.disk.path(path), 0o644);
  }
  const server = await place.serve();
  const guest = await boot(root, {
    disk: place.disk,
    agent: 'installed',
    kernel,
    metadata: place.socketFolder(),
  });
  await guest.waitFor('sshd', 'begin');
  const end = async () => {
    await guest.end(['/sbin/shutdown', '-h', 'now']);
    await server.close();
    place.remove();
  };
  return { guest, end };
}

/** Start a unit and say how that went: nothing, or what systemd says of the failure. */
async function start(guest: Guest, unit: string): Promise<string> {
  return await guest.run(
    'sh',
    '-c',
    `systemctl start ${unit} 2>/dev/null || systemctl show --property=ExecMainStatus --property=Result ${unit}`,
  );
}

async function failuresOf(guest: Guest, version: number): Promise<string[]> {
  const failures: string[] = [];
  for (const [index, [settings, since]] of asked.entries()) {
    if (version < since) continue;
    const said = await start(guest, `asks-${index}.service`);
    if (said !== '') failures.push(`${settings}: ${said}`);
  }
  return failures;
}

const releases = [
  ['systemd on bullseye', 247],
  ['systemd', 252],
  ['systemd on trixie', 257],
] as const;

describe.each(releases)('in a zone, %s (%i)', (name, version) => {
  let zone: Guest;
  let end: () => Promise<void>;

  beforeAll(async () => {
    ({ guest: zone, end } = await booted(name, 'lx', {
      '/etc/systemd/system/mine.service': service(''),
      '/etc/systemd/system/mine.service.d/10-mine.conf': '[Service]\nNoNewPrivileges=yes\n',
      '/etc/systemd/system/dynamic.service': service('DynamicUser=yes'),
      '/etc/systemd/system/own-fault.service': service('', '/bin/false'),
    }));
  });
  afterAll(async () => {
    await end();
  });

  test('a service starts whatever of this it asks for', async () => {
    expect(await failuresOf(zone, version)).toEqual([]);
  });

  test('systemd takes each drop-in without a warning', async () => {
    const log = await zone.run('sh', '-c', 'journalctl --boot --output cat | grep zz-lx-agent || true');
    expect(log).toBe('');
    expect((await zone.run('sh', '-c', `ls ${generated}`)).trim().split('\n')).toHaveLength(5);
  });

  test('the journal and logind are at work', async () => {
    const units = ['systemd-journald.service', 'systemd-logind.service', 'dbus.service'];
    expect((await zone.run('systemctl', 'is-active', ...units)).trim().split('\n')).toEqual(
      units.map(() => 'active'),
    );
    const restarts = await zone.run('systemctl', 'show', '--property=NRestarts', ...units);
    expect(restarts.match(/NRestarts=[1-9]/)).toBeNull();
  });

  test('a service that is installed while the zone runs starts at once', async () => {
    const path = '/usr/local/lib/systemd/system/later.service';
    await zone.run('mkdir', '-p', dirname(path));
    await zone.run(
      'sh',
      '-c',
      `printf '%s' "$1" >${path}`,
      'sh',
      service('NoNewPrivileges=yes\nPrivateUsers=yes'),
    );
    expect(await start(zone, 'later.service')).toBe('');
    await zone.run('systemctl', 'daemon-reload');
    expect(await start(zone, 'asks-0.service')).toBe('');
  });

  test("the administrator's drop-in stays in force", async () => {
    expect(await start(zone, 'mine.service')).toContain('ExecMainStatus=227');
  });

  test('a service with a user that exists while it runs is not made to run as root', async () => {
    expect(await start(zone, 'dynamic.service')).toContain('ExecMainStatus=226');
  });

  test('doctor tells what the kernel keeps from starting, and what to do', async () => {
    await zone.run('sh', '-c', 'systemctl start mine dynamic own-fault || true');
    const told = JSON.parse(await zone.run('sh', '-c', 'lx-agent doctor --json || true'));
    const { findings } = v.parse(
      v.object({ findings: v.array(v.looseObject({ subject: v.string() })) }),
      told,
    );
    expect(findings.filter(({ subject }) => subject === 'services')).toEqual([
      {
        status: 'wrong',
        subject: 'services',
        text: 'dynamic.service failed at the step NAMESPACE: the kernel has no mount namespaces, and systemd makes no user without one (DynamicUser=yes in /etc/systemd/system/dynamic.service)',
        remedy: expect.stringContaining('useradd --system NAME'),
      },
      {
        status: 'wrong',
        subject: 'services',
        text: 'mine.service failed at the step NO_NEW_PRIVILEGES: the kernel refuses PR_SET_NO_NEW_PRIVS (NoNewPrivileges=yes in /etc/systemd/system/mine.service.d/10-mine.conf)',
        remedy: 'remove NoNewPrivileges= from /etc/systemd/system/mine.service.d/10-mine.conf',
      },
      // This image was not prepared.
      {
        status: 'wrong',
        subject: 'services',
        text: 'networking.service failed: ifupdown brings the loopback interface up, which the kernel refuses, and which is up already',
        remedy: 'lx-agent image prepare --root / --only ifupdown-loopback',
      },
      {
        status: 'note',
        subject: 'services',
        text: expect.stringContaining('own-fault.service'),
        remedy: expect.stringContaining('systemctl status '),
      },
    ]);
  });
});

test.each(releases)('outside a zone services keep their sandbox, %s (%i)', async (name) => {
  const { guest, end } = await booted(name, 'linux');
  expect((await guest.run('sh', '-c', `ls ${generated} 2>/dev/null || true`)).trim()).toBe('');
  const shown = await guest.run('systemctl', 'show', '--property=NoNewPrivileges', 'asks-0.service');
  expect(shown.trim()).toBe('NoNewPrivileges=yes');
  expect(await start(guest, 'asks-0.service')).toBe('');
  await end();
});

test('before systemd 244 each unit gets a drop-in of its own, and systemd reads it', async () => {
  // The older of two libraries counts, so this systemd is treated as one that has no drop-ins for a type.
  const { guest, end } = await booted('systemd on bullseye', 'lx', {
    '/usr/lib/systemd/libsystemd-shared-243.so': '',
    '/usr/lib/systemd/system/template@.service': service('NoNewPrivileges=yes'),
    '/usr/lib/systemd/system/dropped.service': service(''),
    '/usr/lib/systemd/system/dropped.service.d/sandbox.conf': '[Service]\nPrivateUsers=yes\n',
  });
  await guest.run('ln', '-s', 'asks-0.service', '/etc/systemd/system/alias.service');
  await guest.run('systemctl', 'daemon-reload');
  expect((await guest.run('sh', '-c', 'ls -d /run/systemd/generator/service.d || true')).trim()).toBe('');
  const since = (directive: string) => asked.findIndex(([settings]) => settings.startsWith(directive));
  for (const unit of [
    'template@a.service',
    'dropped.service',
    'alias.service',
    ...['SystemCallFilter', 'PrivateUsers', 'BindPaths', 'TimerSlackNSec'].map((one) => `asks-${since(one)}`),
  ])
    expect(`${unit} ${await start(guest, unit)}`).toBe(`${unit} `);
  expect((await guest.run('systemctl', 'is-active', 'systemd-journald.service')).trim()).toBe('active');
  await end();
});

test('a file switches it off', async () => {
  const { guest, end } = await booted('systemd', 'lx', { '/etc/lx-agent/generator.off': '' });
  expect((await guest.run('sh', '-c', `ls ${generated} 2>/dev/null || true`)).trim()).toBe('');
  expect(await start(guest, 'asks-0.service')).toContain('ExecMainStatus=227');
  await guest.run('rm', '/etc/lx-agent/generator.off');
  await guest.run('systemctl', 'daemon-reload');
  expect(await start(guest, 'asks-0.service')).toBe('');
  await end();
});
