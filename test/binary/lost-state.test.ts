import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openZone, type Zone } from './zone.ts';

const state = 'var/lib/lx-agent/state.json';
const losses = {
  broken: (zone: Zone) => writeFileSync(join(zone.root, state), '{"version": 1, "files'),
  missing: (zone: Zone) => rmSync(join(zone.root, state)),
  empty: (zone: Zone) => writeFileSync(join(zone.root, state), ''),
  'of another version': (zone: Zone) => writeFileSync(join(zone.root, state), '{"version": 99}'),
} as const;

describe.each(Object.entries(losses))('where the state is %s', (name, lose) => {
  it('what is not known is kept, run after run, and taken over by force with a backup', async () => {
    const zone = await openZone();
    await zone.run();
    writeFileSync(join(zone.root, 'etc/resolv.conf'), 'nameserver 127.0.0.1\n');
    lose(zone);
    zone.server.metadata.set('sdc:resolvers', ['192.0.2.99']);
    const doctor = await zone.call(['doctor', '--root', zone.root, '--socket', zone.socketPath]);
    expect(doctor.stdout).toContain('/var/lib/lx-agent/state.json');
    for (const _ of ['the first run', 'the second']) {
      const run = await zone.run();
      expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('/etc/resolv.conf') });
      expect(run.stdout).toMatch(/not\s+known to be\s+the\s+agent's/);
      expect(zone.text('etc/resolv.conf')).toBe('nameserver 127.0.0.1\n');
    }
    // What was as the metadata has it is on record again, and follows a change.
    zone.server.metadata.set('hostname', 'web-2');
    await zone.run();
    expect(zone.text('etc/hostname')).toBe('web-2\n');
    expect((await zone.run('--force')).status).toBe(0);
    expect(zone.text('etc/resolv.conf')).toContain('nameserver 192.0.2.99\n');
    const backups = readdirSync(join(zone.root, 'var/lib/lx-agent/backup'));
    expect(backups.map((file) => zone.text(`var/lib/lx-agent/backup/${file}`))).toContain(
      'nameserver 127.0.0.1\n',
    );
    if (name !== 'missing') expect(zone.text(`${state}.broken`)).not.toContain('"files": {');
  });

  it('what follows the metadata, edited or not, is backed up before it is replaced', async () => {
    const zone = await openZone();
    await zone.run();
    writeFileSync(join(zone.root, 'var/db/mdata-user-data'), 'by hand\n');
    lose(zone);
    await zone.run();
    expect(zone.text('var/db/mdata-user-data')).toBe('color=blue\n');
    const [backup = ''] = readdirSync(join(zone.root, 'var/lib/lx-agent/backup'));
    expect(zone.text(`var/lib/lx-agent/backup/${backup}`)).toBe('by hand\n');
  });
});

it('a root where the agent never ran has lost nothing', async () => {
  const zone = await openZone();
  // Not even when the first run had no metadata.
  await zone.call(['run', '--root', zone.root, '--socket', '/nonexistent/socket']);
  const { stdout, status } = await zone.run();
  expect(status).toBe(0);
  expect(stdout).not.toMatch(/not\s+known to be/);
  expect(zone.text('etc/hostname')).toBe('web-1\n');
});
