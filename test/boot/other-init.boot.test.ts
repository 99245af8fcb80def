import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { boot } from './guest.ts';
import { lowerLayers } from './installed.ts';
import { bootPlace } from './place.ts';
import { rootNamed } from './roots.ts';

/** A builder who installs the agent on BusyBox init alone, adds OpenRC, and installs again; then the recorder. */
const script = `root=$1
mv "$root/usr/sbin/openrc" "$root/etc/runlevels" "$root/tmp/"
"$AGENT" image install --root "$root"
grep -c 'run --stage early' "$root/etc/inittab"
mv "$root/tmp/openrc" "$root/usr/sbin/"; mv "$root/tmp/runlevels" "$root/etc/"
"$AGENT" image install --root "$root"
rm "$root/usr/bin/lx-agent"; cp "$RECORDER" "$root/usr/bin/lx-agent"`;

test('OpenRC that came to BusyBox init after the agent runs each stage once', async () => {
  const root = rootNamed('openrc with the runlevels of Alpine');
  const place = bootPlace();
  const files = join(place.disk.folder, 'files');
  mkdirSync(files, { mode: 0o755 });
  const lower = lowerLayers(root, 'none').join(':');
  const said = execFileSync(
    join(import.meta.dirname, 'install.sh'),
    [lower, files, 'sh', '-euc', script, 'sh'],
    {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        AGENT: agentBinary,
        RECORDER: join(import.meta.dirname, 'recorder/usr/bin/lx-agent'),
      },
    },
  );
  expect(said).toMatch(/busybox\)[\s\S]*\n1\n[\s\S]*init system: openrc; the files for busybox,/);
  const server = await place.serve();
  const guest = await boot(root, { disk: place.disk, agent: 'none', metadata: place.socketFolder() });
  for (const who of ['sshd', 'getty', 'user-script']) await guest.waitFor(who, 'begin');
  const records = guest.records();
  const ending = await guest.end(['/sbin/shutdown', '-h', 'now']);
  await server.close();
  place.remove();
  const moments = (who: string) => records.flatMap((record) => (record.who === who ? [record.what] : []));
  expect(moments('early')).toEqual(['begin', 'end:0']);
  expect(moments('late')).toEqual(['begin']);
  expect(ending).toBe('powered off');
});
