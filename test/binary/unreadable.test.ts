import { mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../agent/report/report.ts';
import { web } from '../support/instances/web.ts';
import { openZone, type Zone } from './zone.ts';

// What is read before the steps may be anything. What cannot be told is unknown; the steps that need it say so, the
// others are done, and the report is written.

const oddities = {
  'a folder': (path: string) => {
    mkdirSync(path);
    writeFileSync(join(path, 'in it'), '');
  },
  'larger than any such file': (path: string) => {
    writeFileSync(path, '');
    truncateSync(path, 2 ** 34);
  },
  'a link that leads to itself': (path: string) => symlinkSync(path.slice(path.lastIndexOf('/') + 1), path),
} as const;

const read = [
  '/etc/os-release',
  '/etc/lx-agent.ini',
  '/sbin/init',
  '/var/lib/lx-agent/state.json',
  '/var/lib/lx-agent/report-early.json',
  '/var/lib/lx-agent/report-late.json',
] as const;

function put(zone: Zone, path: string, make: (path: string) => void): void {
  const place = join(zone.root, path);
  mkdirSync(dirname(place), { recursive: true });
  rmSync(place, { recursive: true, force: true });
  make(place);
}

describe.each(Object.entries(oddities))('%s', (_, make) => {
  it.each(read)(
    'in the place of %s ends no run',
    async (path) => {
      const zone = await openZone();
      put(zone, path, make);
      for (const stage of ['early', 'late']) {
        const { status, stdout, stderr } = await zone.run('--stage', stage, '--json');
        expect(stderr).toBe('');
        const report: Report = JSON.parse(stdout);
        expect(report.metadata.status).toBe('read');
        const failed = report.steps.filter(({ result }) => result === 'failed');
        expect(status).toBe(report.exit);
        for (const step of failed) expect(step.reason).toContain(path);
        if (stage === 'early') expect(report.steps.length).toBeGreaterThan(10);
      }
      expect(zone.text('etc/resolv.conf')).toContain('nameserver 192.0.2.53\n');
      expect(zone.text('var/svc/mdata-user-script')).toBe(web['user-script']);
      const names = readdirSync(join(zone.root, 'var/lib/lx-agent'));
      expect(names).toContain('state.json');
      const { stdout } = await zone.call(['status', '--root', zone.root]);
      expect(stdout).toContain('web-1');
    },
    60_000,
  );
});

it('a distribution that cannot be told is told as unknown, with the reason, by the steps that need it', async () => {
  const zone = await openZone();
  put(zone, '/etc/os-release', oddities['a folder']);
  const { stdout } = await zone.run('--stage', 'early', '--json');
  const report: Report = JSON.parse(stdout);
  expect(report).toMatchObject({ distribution: 'not known', exit: 1 });
  expect(report.warnings).toEqual([
    expect.stringMatching(/^the distribution is not known: .*\/etc\/os-release/),
  ]);
  const results = Object.fromEntries(report.steps.map(({ name, result }) => [name, result]));
  expect(results).toMatchObject({ network: 'failed', resolver: 'changed', 'user-data': 'changed' });
});
