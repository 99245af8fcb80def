import { describe, it } from 'vitest';
import { web } from '../support/instances/web.ts';
import type { Faults } from '../support/metadata-server.ts';
import { openZone } from './zone.ts';

/** What a server can do wrong and still be understood in the end. */
const passing: Readonly<Record<string, Faults>> = {
  'knows V1 only': { v1Only: true },
  'is late': { late: 700 },
  'is slow': { slow: 30 },
  'restarts between two answers': { restartAfterAnswers: 3 },
  'restarts in the middle of an answer': { restartAfterBytes: 100 },
  'talks nonsense first': { nonsense: 2 },
  'writes a byte at a time': { cut: true },
  'joins its answers': { joined: true },
  'answers in reverse': { reversed: true },
  'answers twice': { duplicated: true },
  'damages a checksum': { corrupt: 1 },
  'is mute first': { mute: 1 },
};

/** What cannot be mended: there is an end to it, and nothing was touched but for the report. */
const lasting: Readonly<Record<string, Faults>> = {
  'is mute': { mute: true },
  'talks nonsense': { nonsense: true },
  'never comes': { late: 3_600_000 },
};

const configuration = (seconds: number) => ({
  '/etc/lx-agent.ini': `[early]\nmetadata_deadline = ${seconds}\n[late]\nmetadata_deadline = ${seconds}\n`,
});

describe.concurrent('with a metadata server that', () => {
  for (const [fault, faults] of Object.entries(passing))
    it(`${fault}, the instance becomes what its metadata says`, async ({ expect, onTestFinished }) => {
      const zone = await openZone(web, { faults, tree: configuration(60), finished: onTestFinished });
      expect(await zone.run()).toMatchObject({ status: 0 });
      expect(zone.text('etc/hostname')).toBe('web-1\n');
      expect(zone.text('etc/network/interfaces.d/lx-agent')).toContain('eth1');
      expect(zone.text('var/svc/mdata-user-script')).toBe(web['user-script']);
    }, 60_000);

  for (const [fault, faults] of Object.entries(lasting))
    it(`${fault}, the run ends with 2 at its deadline, and leaves what there was`, async ({
      expect,
      onTestFinished,
    }) => {
      const zone = await openZone(web, { faults, tree: configuration(1), finished: onTestFinished });
      const before = zone.tree();
      const { status, stdout } = await zone.run();
      expect(status).toBe(2);
      expect(stdout).toContain('no metadata from');
      expect(zone.tree()).toMatchObject(before);
      const added = Object.keys(zone.tree()).filter((path) => !(path in before));
      expect(added).toEqual([
        '/var/lib',
        '/var/lib/lx-agent',
        '/var/lib/lx-agent/state.json',
        '/var/log/lx-agent.log',
      ]);
      const { stdout: shown } = await zone.call(['status', '--root', zone.root]);
      expect(shown).toContain('no metadata from');
    }, 60_000);

  it('never comes, a run by hand says how long it waits, and waits no longer than a boot does', async ({
    expect,
    onTestFinished,
  }) => {
    const tree = {
      '/etc/lx-agent.ini': '[early]\nmetadata_deadline = 3\n[late]\nmetadata_deadline = 3600\n',
    };
    const zone = await openZone(web, { faults: { late: 3_600_000 }, tree, finished: onTestFinished });
    const { status, stderr } = await zone.run();
    expect(status).toBe(2);
    expect(stderr).toMatch(/^lx-agent: waiting for metadata, 3 s at most \(.*ENOENT.*\)$/m);
  }, 60_000);
});
