import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { become, contents, initTrees } from '../support/exchanged-init.ts';
import { web } from '../support/instances/web.ts';
import { type MetadataServer, startMetadataServer } from '../support/metadata-server.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { ending } from './zone.ts';

// An image that the platform's agent laid units down in gets another init system, as by a package that replaces the
// first, between two boots.

/** One of each, as the manifest names it: another distribution's runit or Upstart does not come to a root by itself. */
const inits: Readonly<Record<string, string>> = {
  systemd: 'systemd',
  sysvinit: 'sysvinit',
  'OpenRC of Debian': 'openrc',
  'OpenRC on BusyBox': 'openrc on busybox',
  'runit of Debian': 'runit',
  'BusyBox alone': 'busybox',
  Upstart: 'upstart',
};
const names = Object.keys(inits);

const recordSchema = v.looseObject({ entries: v.array(v.looseObject({ path: v.string() })) });

let folder: string;
let server: MetadataServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lx-agent-other-init-'));
  server = await startMetadataServer({ socketPath: join(folder, 'metadata.sock'), metadata: web });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function boot(root: string, ...more: readonly string[]) {
  const { status, stdout, stderr } = await ending([
    'boot',
    ...['--root', root, '--socket', join(folder, 'metadata.sock')],
    ...more,
  ]);
  expect(status).toBe(0);
  return { stdout, stderr };
}

/** What starts the agent: its own files and links, and those that it shares with others. */
function units(root: string): Record<string, string> {
  const ours = /lx-agent|^\/etc\/inittab$|^\/etc\/rc\.local$|^\/s?bin\/shutdown$/;
  return Object.fromEntries(
    Object.entries(contents(root)).filter(([path]) => ours.test(path) && !path.startsWith('/var/log/')),
  );
}

/** What the first boot of a root with this init system leaves. */
async function freshly(name: string): Promise<Record<string, string>> {
  const root = temporaryRoot(initTrees[name]);
  await boot(root);
  return units(root);
}

describe.each(names)('a root that was booted with %s before', (first) => {
  it('is at each exchange as if the init there had been its first, and then left alone', async () => {
    const root = temporaryRoot(initTrees[first]);
    await boot(root);
    for (const other of names.slice(names.indexOf(first) + 1))
      for (const [from, to] of [
        [first, other],
        [other, first],
      ] as const) {
        const exchange = `${from}, then ${to}`;
        become(root, from, to);
        const { stderr } = await boot(root);
        expect(stderr, exchange).toContain(
          `lx-agent: the units in this root are for ${inits[from]}, and it boots with ${inits[to]}: it was prepared`,
        );
        expect(units(root), exchange).toEqual(await freshly(to));
      }
    expect((await boot(root)).stderr).toBe('');
  }, 120_000);
});

it('is carried through by the next boot where one was cut short between its record and its links', async () => {
  const root = temporaryRoot(initTrees.sysvinit);
  await boot(root);
  const manifest = readFileSync(join(root, 'usr/lib/lx-agent/manifest'));
  become(root, 'sysvinit', 'runit of Debian');
  await boot(root);
  writeFileSync(join(root, 'usr/lib/lx-agent/manifest'), manifest);
  rmSync(join(root, 'etc/runit/runsvdir/default/lx-agent-late'));
  // Where the mounts are it has another number, and the link of the former one is still there.
  renameSync(join(root, 'etc/rcS.d/S08lx-agent-early'), join(root, 'etc/rcS.d/S01lx-agent-early'));
  const record = join(root, 'var/lib/lx-agent/image.json');
  const { entries, ...rest } = v.parse(recordSchema, JSON.parse(readFileSync(record, 'utf8')));
  const former = entries.flatMap((entry) =>
    entry.path === '/etc/rcS.d/S08lx-agent-early' ? [{ ...entry, path: '/etc/rcS.d/S01lx-agent-early' }] : [],
  );
  expect(former).toHaveLength(1);
  writeFileSync(record, JSON.stringify({ ...rest, entries: [...former, ...entries] }));
  await boot(root);
  expect(readdirSync(join(root, 'etc/rcS.d')).filter((name) => name.includes('lx-agent'))).toEqual([
    'S08lx-agent-early',
  ]);
  expect(units(root)).toEqual(await freshly('runit of Debian'));
});

it('is shown by a dry run before the boot', async () => {
  const root = temporaryRoot(initTrees.sysvinit);
  await boot(root);
  become(root, 'sysvinit', 'runit of Debian');
  const { stdout } = await boot(root, '--dry-run');
  expect(stdout).toMatch(
    /^lay down, then early stage: the units in this root are for sysvinit, and it boots with runit$/m,
  );
  expect(stdout).toContain('+++ b/etc/sv/lx-agent-late/run');
});

it('is told on the console where the image brings its own agent, whose early stage the platform does', async () => {
  const root = temporaryRoot(initTrees.systemd);
  await ending(['image', 'install', '--root', root, '--runtime', 'system']);
  become(root, 'systemd', 'runit of Debian');
  const before = units(root);
  const { stderr } = await boot(root);
  expect(stderr).toContain(
    'lx-agent: the agent of this image is installed for systemd, and the init system is runit: run lx-agent image install --root / and reboot\n',
  );
  expect(contents(root)['/etc/hostname']).toContain('web-1');
  expect(units(root)).toEqual(before);
});
