import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boot, type Guest } from '../guest.ts';
import { bootPlace } from '../place.ts';
import { rootNamed } from '../roots.ts';

// The box held against real zones: Debian without the agent, and which of its units fail, at which step. Public logs of
// real zones have these steps and these words: Fedora 41 with systemd 256 in TritonDataCenter/lx-images, pull request 48
// (243/CREDENTIALS, no journal, no connection to its socket), Debian 10 in omniosorg/illumos-omnios, issue 794 (no
// journal, no loopback). Debian 11 came to a login in omniosorg/lx-images, pull request 23.

/** Where systemd tells that a service failed before its program began: systemd.exec(5), process exit codes. */
const steps: Readonly<Record<string, string>> = { 227: 'NO_NEW_PRIVILEGES', 243: 'CREDENTIALS' };

/** `ifup lo`, which netlink refuses. */
const noLoopback = { 'networking.service': 'exit 1' };
/** The sockets go when the service that they start has failed too often. */
const noJournal = {
  'systemd-journald.socket': 'service-start-limit-hit',
  'systemd-journald-dev-log.socket': 'service-start-limit-hit',
};

const releases = [
  {
    name: 'systemd on bullseye',
    failed: {
      ...noLoopback,
      ...noJournal,
      'systemd-journald-audit.socket': 'service-start-limit-hit',
      'systemd-journald.service': 'NO_NEW_PRIVILEGES',
      'systemd-logind.service': 'NO_NEW_PRIVILEGES',
    },
    login: true,
  },
  {
    name: 'systemd',
    failed: {
      ...noLoopback,
      ...noJournal,
      'systemd-journal-flush.service': 'exit 1',
      'systemd-journald-audit.socket': 'service-start-limit-hit',
      'systemd-journald.service': 'NO_NEW_PRIVILEGES',
      'systemd-logind.service': 'NO_NEW_PRIVILEGES',
      'systemd-sysusers.service': 'CREDENTIALS',
      'systemd-tmpfiles-setup-dev.service': 'CREDENTIALS',
      'systemd-tmpfiles-setup.service': 'CREDENTIALS',
    },
    login: true,
  },
  {
    name: 'systemd on trixie',
    failed: {
      ...noLoopback,
      ...noJournal,
      'console-getty.service': 'CREDENTIALS',
      'systemd-journal-flush.service': 'exit 1',
      'systemd-journald.service': 'CREDENTIALS',
      'systemd-logind.service': 'NO_NEW_PRIVILEGES',
      'systemd-sysusers.service': 'CREDENTIALS',
      'systemd-tmpfiles-setup-dev-early.service': 'CREDENTIALS',
      'systemd-tmpfiles-setup-dev.service': 'CREDENTIALS',
      'systemd-tmpfiles-setup.service': 'CREDENTIALS',
    },
    login: false,
  },
] as const;

describe.each(releases)('an untouched root in a zone, $name', ({ name, failed, login }) => {
  const place = bootPlace();
  let guest: Guest;
  let state: string;

  beforeAll(async () => {
    guest = await boot(rootNamed(name), { disk: place.disk, agent: 'none' });
    await guest.waitFor('sshd', 'begin');
    state = await guest.run('sh', '-c', untilSettled);
  });
  afterAll(async () => {
    // shutdown(8) asks logind, which is not there.
    await guest.end(['systemctl', 'start', '--no-block', 'poweroff.target']);
    place.remove();
  });

  test('comes to the end of its boot', () => {
    expect(state.trim()).toBe('degraded');
  });

  test('has the failed units that a real zone has, each for its reason', async () => {
    expect(await failedUnits(guest)).toEqual(failed);
  });

  test('says what the logs of real zones say', () => {
    const said = guest.console().replaceAll(/\u001b\[[\d;:]*m/g, '');
    expect(said).toMatch(/Failed to configure loopback (network )?device/);
    expect(said).toContain('ssh.service: Failed to connect stdout to the journal socket, ignoring: ');
    const credentials = [...said.matchAll(/(\S+): Failed to set up credentials: Invalid argument/g)];
    expect([...new Set(credentials.map(([, unit]) => unit))].sort()).toEqual(
      Object.entries(failed).flatMap(([unit, why]) => (why === 'CREDENTIALS' ? [unit] : [])),
    );
  });

  test('starts sshd, D-Bus and, before systemd 257, a login on the console', async () => {
    const units = ['ssh.service', 'dbus.service', ...(login ? ['console-getty.service'] : [])];
    const states = await guest.run('systemctl', 'is-active', ...units);
    expect(states.trim().split('\n')).toEqual(units.map(() => 'active'));
  });
});

/**
 * A boot is over when its target has been reached, no job waits and no unit is between two of its tries; 25 seconds at
 * most. Neither a getty nor the journal may be waited for: they do not come.
 */
const untilSettled = `for try in $(seq 125); do
  [ "$(systemctl is-active multi-user.target)" != active ] ||
    [ -n "$(systemctl list-jobs --no-legend | grep -v '^No jobs')" ] ||
    [ -n "$(systemctl list-units --state=activating --no-legend)" ] || break
  sleep 0.2
done
systemctl is-system-running || true`;

/** Why the units failed: the step of a service's start, or its program's exit status, or what systemd calls it. */
async function failedUnits(guest: Guest): Promise<Readonly<Record<string, string>>> {
  const properties = ['Id', 'Result', 'ExecMainStatus'].map((property) => `--property=${property}`);
  const shown = await guest.run('systemctl', 'show', ...properties, '--state=failed', '*');
  return Object.fromEntries(
    shown
      .trim()
      .split('\n\n')
      .map((text) => {
        const of = (property: string) => new RegExp(`^${property}=(.*)$`, 'm').exec(text)?.[1] ?? '';
        const status = of('ExecMainStatus');
        return [of('Id'), steps[status] ?? (status === '' ? of('Result') : `exit ${status}`)];
      }),
  );
}
