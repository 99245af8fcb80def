import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { median } from '../bench/measure.ts';
import { markdownTable } from '../bench/table.ts';
import { generatorCost } from './generator-cost.ts';
import { boot } from './guest.ts';
import type { AgentPart } from './installed.ts';
import { type BootPlace, bootPlace } from './place.ts';
import { type BootRoot, rootNamed } from './roots.ts';

// `npm run bench:boot`: what the agent adds to the critical path of a boot, for each init system. The same root boots
// with the agent as `image install` left it, and without, in turns, so that what else the machine does meets both.

/** Each init system, with what else Debian starts there; the other roots are for network services. */
const measured = [
  'systemd',
  'systemd among others',
  'sysvinit',
  'openrc on sysvinit',
  'openrc-init',
  'openrc on BusyBox init',
  'runit',
  'BusyBox init',
] as const;
const turns = Number(process.env.BENCH_BOOTS ?? 5);
/** Milliseconds that the agent may add. */
const limit = 150;

/** Milliseconds from the start of init until the network begins, and until sshd and the getty both have begun. */
interface Path {
  readonly network: number;
  readonly logins: number;
}

interface Cost {
  readonly root: string;
  readonly without: Path;
  readonly withAgent: Path;
}

/** Medians of all turns. A boot before them, of each kind, makes the keys and files that only a first boot makes. */
async function costIn(root: BootRoot): Promise<Cost> {
  const kinds: readonly AgentPart[] = ['none', 'installed'];
  const places = kinds.map((agent) => {
    const paths: Path[] = [];
    return { agent, place: bootPlace(), paths };
  });
  const servers = await Promise.all(places.map(({ place }) => place.serve()));
  for (let turn = 0; turn <= turns; turn++) {
    for (const { agent, place, paths } of places) {
      const path = await oneBoot(root, place, agent);
      if (turn > 0) paths.push(path);
    }
  }
  for (const server of servers) await server.close();
  for (const { place } of places) place.remove();
  const [without, withAgent] = places.map(({ paths }) => middle(paths));
  if (without === undefined || withAgent === undefined)
    throw new Error('two kinds of boots have two medians');
  return { root: root.name, without, withAgent };
}

async function oneBoot(root: BootRoot, place: BootPlace, agent: AgentPart): Promise<Path> {
  // The supervisor of the zone box takes time of its own, which a zone's kernel does not.
  const guest = await boot(root, {
    disk: place.disk,
    agent,
    kernel: 'linux',
    metadata: place.socketFolder(),
  });
  const network = await guest.waitFor('network', 'begin');
  const sshd = await guest.waitFor('sshd', 'begin');
  const getty = await guest.waitFor('getty', 'begin');
  const ending = await guest.end(root.powerOff ?? ['/sbin/shutdown', '-h', 'now']);
  if (ending !== 'powered off') throw new Error(`${root.name}: ${ending}`);
  const since = (at: bigint) => Number(at - guest.started) / 1e6;
  return { network: since(network.at), logins: Math.max(since(sshd.at), since(getty.at)) };
}

function middle(paths: readonly Path[]): Path {
  return {
    network: median(paths.map(({ network }) => network)),
    logins: median(paths.map(({ logins }) => logins)),
  };
}

function row({ root, without, withAgent }: Cost): string[] {
  const columns = (['network', 'logins'] as const).flatMap((mark) => [
    without[mark].toFixed(0),
    withAgent[mark].toFixed(0),
    (withAgent[mark] - without[mark]).toFixed(0),
    `${(withAgent[mark] / without[mark]).toFixed(2)}×`,
  ]);
  return [root, ...columns, most({ root, without, withAgent }) <= limit ? 'met' : 'MISSED'];
}

function most({ without, withAgent }: Cost): number {
  return Math.max(withAgent.network - without.network, withAgent.logins - without.logins);
}

const heads = [
  'init',
  'network ms',
  'with',
  'cost',
  'ratio',
  'logins ms',
  'with',
  'cost',
  'ratio',
  `≤ ${limit} ms`,
];
const [load = Number.NaN] = loadavg();
const rows: string[][] = [];
for (const root of measured.map(rootNamed)) {
  rows.push(row(await costIn(root)));
  console.log(rows.at(-1)?.join('  '));
}
const text = [
  `Milliseconds from the start of init until the network begins, and until sshd and the getty have begun: without the agent, with it. Medians of ${turns} boots of each, in turns. Load of the machine before: ${load.toFixed(1)}.`,
  markdownTable(heads, rows),
  await generatorCost(),
].join('\n\n');
const out = join(import.meta.dirname, '../../out');
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'boot-cost.md'), `${text}\n`);
console.log(`\n${text}\n\nout/boot-cost.md`);
