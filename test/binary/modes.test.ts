import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { web } from '../support/instances/web.ts';
import { documentedModes, undocumented } from '../support/modes.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { openZone } from './zone.ts';

/** What only a live boot leaves: see test/boot: older-kernel.boot.test.ts, network/booted.boot.test.ts, suite.ts. */
const live = [
  '/var/log/mdata-*.log',
  '/var/log/lx-agent-hooks.log',
  '/etc/ssh/ssh_host_*_key',
  '/etc/ssh/ssh_host_*_key.pub',
  '/run/lx-agent-network',
  '/run/lx-agent-late.idle',
  '/run/lx-agent-scripts.json',
];

it('leaves files of the modes that the threat model lists, and no others', async () => {
  const zone = await openZone(
    { ...web, 'sdc:operator-script': 'true\n' },
    { tree: { '/etc/machine-id': '' } },
  );
  const before = snapshot(zone.root);
  const met = new Set<string>();
  expect(await zone.call(['image', 'install', '--root', zone.root, '--without-init'])).toMatchObject({
    status: 0,
  });
  expect(await zone.run()).toMatchObject({ status: 0 });
  expect(undocumented(zone.root, before, met)).toEqual([]);

  // An edited file that a forced run takes over is kept; a value that is no good is logged.
  writeFileSync(join(zone.root, 'etc/hostname'), 'by-hand\n');
  zone.server.metadata.set('sdc:alias', 'a\nb');
  expect(await zone.run('--force')).toMatchObject({ status: 0 });
  expect(undocumented(zone.root, before, met)).toEqual([]);
  expect([...met].sort()).toEqual(
    documentedModes()
      .map(({ path }) => path)
      .filter((path) => !live.includes(path))
      .sort(),
  );
});
