import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { boot, type Guest } from './guest.ts';
import { type BootPlace, bootPlace } from './place.ts';
import { rootNamed } from './roots.ts';

/** Seconds of the early stage's deadline where the metadata does not come. */
const deadline = 8;

const report = v.object({
  exit: v.number(),
  steps: v.array(v.object({ name: v.string(), result: v.string() })),
});

// OpenRC enters `default` after `boot` here, and starts once more what failed there. On Debian's own roots the early
// stage is in `sysinit`, of which OpenRC does not think again.
describe.each(['openrc with the runlevels of Alpine', 'openrc with the runlevels of Gentoo'])(
  '%s',
  (name) => {
    const root = rootNamed(name);

    test('a mute metadata server holds sshd for one deadline, and the stage runs once', async () => {
      const place = bootPlace();
      const server = await place.serve({ mute: true });
      place.plant('/etc/lx-agent.ini', `[early]\nmetadata_deadline = ${deadline}\n`);
      const guest = await boot(root, { disk: place.disk, metadata: place.socketFolder() });
      await loginsOf(guest);
      const [ran, records] = [early(guest), guest.records()];
      const ending = await guest.end(['/sbin/shutdown', '-h', 'now']);
      await server.close();
      place.remove();
      expect(ran).toEqual(['begin', 'end:2']);
      const at = (who: string) => records.find((record) => record.who === who)?.at ?? 0n;
      const held = Number(at('sshd') - at('early')) / 1e9;
      expect(held).toBeGreaterThan(deadline - 1);
      expect(held).toBeLessThan(2 * deadline - 1);
      expect(ending).toBe('powered off');
    });

    test('a stage in which a step failed runs once, keeps its report, and runs again for an operator', async () => {
      const place = bootPlace();
      const server = await place.serve();
      // Where the file of root's keys belongs, there is a folder: that step fails, and no other.
      place.plant('/root/.ssh/authorized_keys/in-the-way', '');
      const guest = await boot(root, { disk: place.disk, metadata: place.socketFolder() });
      await loginsOf(guest);
      expect(early(guest)).toEqual(['begin', 'end:1']);
      const first = reportOf(place);
      expect(first).toMatchObject({ exit: 1 });
      expect(first.steps).toContainEqual({ name: 'hostname', result: 'changed' });

      // A service that needs the stage does not start, and does not have it run again.
      await expect(guest.run('rc-service', 'needs-agent', 'start')).rejects.toThrow('not run again');
      expect(early(guest)).toEqual(['begin', 'end:1']);
      expect(reportOf(place)).toEqual(first);
      expect(await guest.run('rc-status', 'boot')).toMatch(/lx-agent-early\s+\[\s*stopped/);

      await expect(guest.run('rc-service', 'lx-agent-early', 'start')).rejects.toThrow();
      expect(early(guest)).toEqual(['begin', 'end:1', 'begin', 'end:1']);
      await guest.run('rm', '-r', '/root/.ssh/authorized_keys');
      await guest.run('rc-service', 'lx-agent-early', 'start');
      expect(early(guest).slice(4)).toEqual(['begin', 'end:0']);
      expect(await guest.run('rc-service', 'lx-agent-early', 'status')).toContain('started');
      await guest.run('rc-service', 'needs-agent', 'start');
      expect(early(guest)).toHaveLength(6);
      expect(await guest.end(['/sbin/shutdown', '-h', 'now'])).toBe('powered off');

      await server.close();
      place.remove();
    });
  },
);

async function loginsOf(guest: Guest): Promise<void> {
  await guest.waitFor('sshd', 'begin');
  await guest.waitFor('getty', 'begin');
}

/** How often the early stage ran, and how it ended. */
function early(guest: Guest): string[] {
  return guest.records().flatMap(({ who, what }) => (who === 'early' ? [what] : []));
}

function reportOf(place: BootPlace) {
  const text = readFileSync(place.disk.path('/var/lib/lx-agent/report-early.json'), 'utf8');
  return v.parse(report, JSON.parse(text));
}
