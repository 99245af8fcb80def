import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { boot, type Ending } from './guest.ts';
import { lowerLayers } from './installed.ts';
import { bootPlace } from './place.ts';
import { type BootRoot, imageRoots, rootNamed } from './roots.ts';
import { type Services, services } from './services.ts';

interface Booted extends Services {
  /** What the image commands said. */
  readonly said: readonly string[];
  readonly ending: Ending;
}

/** Boot a root with the agent's image commands run on it first, until its login services run. */
async function booted(root: BootRoot, commands: readonly string[]): Promise<Booted> {
  const place = bootPlace();
  const files = join(place.disk.folder, 'files');
  mkdirSync(files, { mode: 0o755 });
  const lower = lowerLayers(root, 'none').join(':');
  const said = commands.map((command) =>
    execFileSync(
      join(import.meta.dirname, 'install.sh'),
      [lower, files, agentBinary, 'image', command, '--root'],
      { encoding: 'utf8' },
    ),
  );
  const server = await place.serve();
  const guest = await boot(root, {
    disk: place.disk,
    agent: 'none',
    // What an unprepared one starts is told where everything of it can start.
    kernel: commands.length === 0 ? 'linux' : 'lx',
    metadata: place.socketFolder(),
  });
  await guest.waitFor('getty', 'begin');
  await guest.waitFor('sshd', 'begin');
  if (commands.length > 0) await guest.waitFor('user-script', 'begin');
  const records = await services(guest, root.init);
  const ending = await guest.end(root.powerOff ?? ['/sbin/shutdown', '-h', 'now']);
  await server.close();
  place.remove();
  return { ...records, said, ending };
}

/** Ours, and the one getty in place of those on terminals. */
const added = /^(lx-agent-(early|late)(\.service)?|getty-console)$/;

describe.each(imageRoots.flatMap((name) => [name, `${name} on trixie`]))('an image with %s', (name) => {
  const root = rootNamed(name);
  let prepared: Booted;
  let unprepared: Booted;

  beforeAll(async () => {
    unprepared = await booted(root, []);
    prepared = await booted(root, ['install', 'prepare', 'prepare', 'check']);
  });

  test('has nothing left to do once it is installed into and prepared', () => {
    const [installed, first, second, checked] = prepared.said;
    expect(installed).toMatch(/^installed: /);
    expect(first).toMatch(/^prepared: /);
    expect(second).toMatch(/^already prepared: /);
    expect(checked).toMatch(/^nothing is left to do/);
  });

  test('boots without a failed service, and ends when it is told to', () => {
    expect(prepared.failed).toEqual([]);
    expect(prepared.ending).toBe('powered off');
  });

  test('starts the agent, and nothing else that the unprepared one does not start', () => {
    expect(prepared.started.filter((service) => /lx-agent/.test(service))).not.toEqual([]);
    const more = prepared.started.filter((service) => !unprepared.started.includes(service));
    expect(more.filter((service) => !added.test(service))).toEqual([]);
  });

  test('waits for nothing', () => {
    expect(prepared.waits).toEqual([]);
  });
});
