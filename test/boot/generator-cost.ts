import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { median } from '../bench/measure.ts';
import { markdownTable } from '../bench/table.ts';
import { boot } from './guest.ts';
import { bootPlace } from './place.ts';
import { rootNamed } from './roots.ts';

/** Milliseconds that the generator may take of a boot. */
const limit = 30;
const runs = 21;

/** Where each unit gets a drop-in of its own, an older library stands for an older systemd. */
const measured = [
  ['systemd on bullseye', 'lx', '/usr/lib/systemd/libsystemd-shared-243.so'],
  ['systemd on bullseye', 'lx', undefined],
  ['systemd', 'lx', undefined],
  ['systemd on trixie', 'lx', undefined],
  ['systemd on trixie', 'linux', undefined],
] as const;

/** What the generator costs, as systemd runs it at boot: the median of runs in a booted guest, in a table. */
export async function generatorCost(): Promise<string> {
  const rows: string[][] = [];
  for (const [name, kernel, library] of measured) {
    const place = bootPlace();
    if (library !== undefined) {
      mkdirSync(dirname(place.disk.path(library)), { recursive: true });
      writeFileSync(place.disk.path(library), '');
    }
    const server = await place.serve();
    const guest = await boot(rootNamed(name), {
      disk: place.disk,
      agent: 'installed',
      kernel,
      metadata: place.socketFolder(),
    });
    await guest.waitFor('sshd', 'begin');
    const took = (await guest.run('bash', '-c', script)).trim().split('\n').map(Number);
    await guest.end(['/sbin/shutdown', '-h', 'now']);
    await server.close();
    place.remove();
    const milliseconds = median(took) / 1e6;
    rows.push([
      name,
      kernel === 'lx' ? "a zone's" : 'Linux',
      kernel === 'linux' ? 'none' : library === undefined ? 'one for each type' : 'one for each unit',
      milliseconds.toFixed(1),
      milliseconds <= limit ? 'met' : 'MISSED',
    ]);
  }
  const heads = ['init', 'kernel', 'drop-ins', 'ms', `≤ ${limit} ms`];
  return `The systemd generator: medians of ${runs} runs in a booted guest.\n\n${markdownTable(heads, rows)}`;
}

const script = `generator=/usr/lib/systemd/system-generators/lx-agent
[ -e "$generator" ] || generator=/lib/systemd/system-generators/lx-agent
for run in $(seq ${runs}); do
  rm -rf /run/generated && mkdir /run/generated
  begin=$(date +%s%N)
  "$generator" /run/generated
  echo $(($(date +%s%N) - begin))
done`;
