import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { agentBinary } from '../../support/built.ts';
import { boot, until } from '../guest.ts';
import { lowerLayers, releaseFolder } from '../installed.ts';
import { instance } from '../instance.ts';
import { bootPlace } from '../place.ts';
import { type BootRoot, rootNamed } from '../roots.ts';
import { type CensusService, groups, type Release, releases, services } from './services.ts';
import { censusText, type Found, type Outcome, withCensus } from './table.ts';

// `npm run census`: common services of Debian are installed together, in as few roots as their conflicts allow, and
// started one after the other: on the root as it comes, outside of the zone box, and prepared, inside. The table of both
// is written into docs/zone.md. A root with the same versions of the packages is made once.
// A release and a group of packages may be named (`-- 'Debian 13' other`): the figures of the rest are those of the run
// before, in out/census.json.

const here = import.meta.dirname;
const repository = join(here, '../../..');

/** Seconds for all services of a root; those that start at all take about two each. */
const limit = 900;

/** The root of a release with the packages of a group. */
function rootOf(release: Release, group: CensusService['group']): BootRoot {
  const plain = rootNamed(release.release === undefined ? 'systemd' : `systemd on ${release.release}`);
  const folder = releaseFolder(release.release);
  const packages = new Set(services.filter((one) => one.group === group).map((one) => one.package));
  mkdirSync(join(folder, 'census'), { recursive: true });
  const layer = execFileSync(
    join(here, 'layer.sh'),
    [
      [...plain.layers, 'base'].map((name) => join(folder, name)).join(':'),
      join(folder, 'census', group),
      ...packages,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  ).trim();
  return {
    ...plain,
    name: `census ${group} of ${release.name}`,
    layers: [layer.slice(folder.length + 1), ...plain.layers],
    // Nothing is started but what every boot needs: the services are started by start-each.sh, one after the other.
    program: '/sbin/init --unit=basic.target',
  };
}

/** Start each of the units, and give what became of it. */
async function outcomes(
  root: BootRoot,
  units: readonly string[],
  inZone: boolean,
): Promise<ReadonlyMap<string, Outcome>> {
  const place = bootPlace();
  const files = join(place.disk.folder, 'files');
  mkdirSync(files, { mode: 0o755 });
  if (inZone)
    for (const command of ['install', 'prepare'])
      execFileSync(
        join(here, '../install.sh'),
        [lowerLayers(root, 'none').join(':'), files, agentBinary, 'image', command, '--root'],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      );
  const script = '/usr/local/lib/census/start-each.sh';
  mkdirSync(dirname(place.disk.path(script)), { recursive: true });
  copyFileSync(join(here, 'start-each.sh'), place.disk.path(script));
  // A name server that does not answer would hold up services that ask for the host's name.
  const server = await place.serve({}, { ...instance, 'sdc:resolvers': [] });
  const guest = await boot(root, {
    disk: place.disk,
    agent: 'none',
    kernel: inZone ? 'lx' : 'linux',
    metadata: place.socketFolder(),
    limit,
  });
  const result = '/var/log/census';
  await guest.run('sh', '-c', 'until systemctl is-active --quiet basic.target; do sleep 0.2; done');
  await guest.run(
    'sh',
    '-c',
    'setsid bash "$@" </dev/null >/dev/null 2>&1 &',
    'sh',
    script,
    result,
    ...units,
  );
  await until(() => existsSync(place.disk.path(result)), limit);
  if (!existsSync(place.disk.path(result)))
    throw new Error(`${root.name}: not all services were started in ${limit} s`);
  const lines = readFileSync(place.disk.path(result), 'utf8').trimEnd().split('\n');
  await guest.end(['/sbin/shutdown', '-h', 'now']);
  await server.close();
  place.remove();
  return new Map(
    lines.map((line) => {
      const [unit = '', started = '', state = '', why = ''] = line.split('\t');
      return [unit, { started, state, why }];
    }),
  );
}

const figures = join(repository, 'out/census.json');
const outcome = v.optional(v.object({ started: v.string(), state: v.string(), why: v.string() }));
const kept = v.array(v.object({ release: v.string(), unit: v.string(), outside: outcome, inside: outcome }));

/** What an earlier run found of a group. */
function earlier(release: Release, group: CensusService['group']): Found[] {
  const all = v.parse(kept, JSON.parse(readFileSync(figures, 'utf8')));
  return services
    .filter((one) => one.group === group)
    .map((service) => {
      const unit = service.unit(release);
      const one = all.find((candidate) => candidate.release === release.name && candidate.unit === unit);
      return { service, release, unit, outside: one?.outside, inside: one?.inside };
    });
}

async function census(release: Release, group: CensusService['group']): Promise<Found[]> {
  const root = rootOf(release, group);
  const inGroup = services.filter((one) => one.group === group);
  const units = inGroup.map(({ unit }) => unit(release));
  const [outside, inside] = await Promise.all([outcomes(root, units, false), outcomes(root, units, true)]);
  console.log(`${root.name}: ${units.length} services`);
  return inGroup.map((service) => {
    const unit = service.unit(release);
    return { service, release, unit, outside: outside.get(unit), inside: inside.get(unit) };
  });
}

const wanted = process.argv.slice(2);
const isWanted = (name: string, all: readonly string[]) =>
  wanted.includes(name) || !wanted.some((one) => all.includes(one));
const found: Found[] = [];
for (const release of releases)
  for (const group of groups) {
    const toDo =
      isWanted(
        release.name,
        releases.map(({ name }) => name),
      ) && isWanted(group, groups);
    found.push(...(toDo ? await census(release, group) : earlier(release, group)));
  }
mkdirSync(dirname(figures), { recursive: true });
writeFileSync(
  figures,
  `${JSON.stringify(
    found.map(({ release, unit, outside, inside }) => ({ release: release.name, unit, outside, inside })),
    null,
    1,
  )}\n`,
);
const { text, unexplained } = censusText(found);
const document = join(repository, 'docs/zone.md');
writeFileSync(document, withCensus(readFileSync(document, 'utf8'), text));
console.log(text);
if (unexplained > 0) process.exitCode = 1;
