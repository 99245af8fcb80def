import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { boot } from './guest.ts';
import { lowerLayers } from './installed.ts';
import { bootPlace } from './place.ts';
import { rootNamed } from './roots.ts';

/** Run an image command on the root that a disk and the layers below it make; its changes are the disk's. */
function imageCommand(lower: string, files: string, verb: string): string {
  return execFileSync(
    join(import.meta.dirname, 'install.sh'),
    [lower, files, agentBinary, 'image', verb, '--root'],
    { encoding: 'utf8' },
  );
}

describe.each(['systemd', 'sysvinit', 'openrc on sysvinit', 'runit'])('a prepared image with %s', (name) => {
  const root = rootNamed(name);

  test('has nothing left to do, and boots with everything that the unprepared one starts', async () => {
    const place = bootPlace();
    const files = join(place.disk.folder, 'files');
    mkdirSync(files, { mode: 0o755 });
    const lower = lowerLayers(root, 'recorded').join(':');
    const prepared = imageCommand(lower, files, 'prepare');
    const checked = imageCommand(lower, files, 'check');
    const server = await place.serve();
    const guest = await boot(root, { disk: place.disk, metadata: place.socketFolder() });
    await guest.waitFor('early', 'end:0');
    await guest.waitFor('network', 'begin');
    await guest.waitFor('sshd', 'begin');
    const failed =
      root.init === 'systemd'
        ? await guest.run('systemctl', 'list-units', '--failed', '--no-legend', '--plain')
        : '';
    const ending = await guest.end(['/sbin/shutdown', '-h', 'now']);
    await server.close();
    place.remove();
    expect(prepared).toContain('config/password-logins');
    expect(checked).toContain('nothing is left to do');
    expect(failed).toBe('');
    expect(ending).toBe('powered off');
  });
});
