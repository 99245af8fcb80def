import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { web } from '../support/instances/web.ts';
import { type Cost, count, forget, measure, missingTools } from './measure.ts';
import { debianWithCloudInit, openScene, type Scene } from './peer.ts';
import { plot } from './plot.ts';
import { earlyKeys, layPrograms, layRoot, type Programs } from './programs.ts';
import { openServer, type Server } from './server.ts';
import { middle, type Row, ratio, table } from './table.ts';
import { weightTable } from './weight.ts';

// `npm run bench`: what a boot costs beside an empty script, a shell script and cloud-init. Contenders take turns, so
// that what else the machine does meets them alike; medians of the runs, and of the ratios run by run.

const repository = join(import.meta.dirname, '../..');
const pairs = Number(process.env.BENCH_PAIRS ?? 75);
const peerPairs = Number(process.env.BENCH_PEER_PAIRS ?? 5);
const coldPairs = Number(process.env.BENCH_COLD_PAIRS ?? 5);

/** An instance without user-script and routes, as most are. */
const { 'user-script': _, ...withoutScript } = web;
const withoutLateWork = { ...withoutScript, 'sdc:routes': [] };

async function main(): Promise<void> {
  const missing = missingTools();
  if (missing.length > 0) throw new Error(`bench needs ${missing.join(', ')}: apt-get install them`);
  const scratch = mkdtempSync(join(tmpdir(), 'lx-agent-bench-'));
  const sockets = join(scratch, 'sockets');
  mkdirSync(sockets);
  const socketPath = join(sockets, 'metadata.sock');
  try {
    const programs = layPrograms(scratch, socketPath);
    const { small, cold } = await serving(web, socketPath, async (server) => ({
      small: await smallRoot(scratch, server, programs),
      cold: await coldStart(scratch, programs, socketPath),
    }));
    const peers = await besideCloudInit(scratch, programs, socketPath);
    const rows = [...small, ...peers];
    const text = [
      `Early stage in a small root, ${earlyKeys().length} keys; ${pairs} turns. Ratios are to the empty script.`,
      table(small),
      `Cold: the program's own file dropped from the page cache; ${coldPairs} turns.`,
      ...cold.map(
        (row) =>
          `- ${row.name}: ${middle(row, 'wall').toFixed(0)} ms, ${middle(row, 'read').toFixed(1)} MiB read`,
      ),
      ...(peers.length === 0
        ? []
        : [
            `A whole boot, all stages, in a Debian 12 root; ${peerPairs} turns. Ratios are to lx-agent's same boot.`,
            table(peers),
          ]),
      `The weight of the program beside the Node.js that it is made from, on this machine's disk.`,
      weightTable(programs.agent, programs.node),
      ...limits(small, peers),
    ].join('\n\n');
    mkdirSync(`${repository}/out`, { recursive: true });
    writeFileSync(`${repository}/out/bench.md`, `${text}\n`);
    writeFileSync(`${repository}/out/bench.svg`, plot(rows));
    console.log(`${text}\n\nout/bench.md, out/bench.svg`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The early stage on a scratch root, which needs no privileges. */
async function smallRoot(scratch: string, server: Server, programs: Programs) {
  const root = layRoot(join(scratch, 'root'));
  const early = (folder: string) => [
    programs.agent,
    'run',
    '--stage',
    'early',
    '--root',
    folder,
    '--socket',
    server.socketPath,
  ];
  const empty = [programs.node, programs.emptyScript];
  const turns: Record<'empty' | 'unchanged' | 'emptyBesideWriters' | 'first' | 'changed' | 'shell', Cost[]> =
    {
      empty: [],
      unchanged: [],
      emptyBesideWriters: [],
      first: [],
      changed: [],
      shell: [],
    };
  await measure(early(root), scratch);
  for (let turn = 0; turn < pairs; turn++) {
    turns.empty.push(await measure(empty, scratch));
    turns.unchanged.push(await measure(early(root), scratch));
  }
  // Turns of their own: they wait for the disk, which is still at work when they have ended.
  for (let turn = 0; turn < pairs; turn++) {
    const fresh = layRoot(join(scratch, `root-${turn}`));
    turns.emptyBesideWriters.push(await measure(empty, scratch));
    turns.first.push(await measure(early(fresh), scratch));
    await server.set('hostname', `web-${turn + 2}`);
    turns.changed.push(await measure(early(root), scratch));
    if (turn < peerPairs) turns.shell.push(await measure(['sh', programs.shellScript], scratch));
    rmSync(fresh, { recursive: true });
  }
  const against = turns.emptyBesideWriters;
  const counted = layRoot(join(scratch, 'root-counted'));
  const rows: Row[] = [
    { name: 'empty script, same Node.js', costs: turns.empty, calls: await count(empty, scratch) },
    {
      name: 'lx-agent early, first boot',
      costs: turns.first,
      against,
      calls: await count(early(counted), scratch),
    },
    {
      name: 'lx-agent early, unchanged',
      costs: turns.unchanged,
      against: turns.empty,
      calls: await count(early(counted), scratch),
    },
    { name: 'lx-agent early, new host name', costs: turns.changed, against },
    {
      name: 'shell, a process a key',
      costs: turns.shell,
      against,
      calls: await count(['sh', programs.shellScript], scratch),
    },
  ];
  return rows;
}

/** The same, with the program's file read from disk. */
async function coldStart(scratch: string, programs: Programs, socketPath: string): Promise<Row[]> {
  const root = layRoot(join(scratch, 'root-cold'));
  const early = [programs.agent, 'run', '--stage', 'early', '--root', root, '--socket', socketPath];
  const empty: Cost[] = [];
  const unchanged: Cost[] = [];
  await measure(early, scratch);
  for (let turn = 0; turn < coldPairs; turn++) {
    forget(programs.node);
    empty.push(await measure([programs.node, programs.emptyScript], scratch));
    forget(programs.agent);
    unchanged.push(await measure(early, scratch));
  }
  return [
    { name: 'empty script, same Node.js, cold', costs: empty },
    { name: 'lx-agent early, unchanged, cold', costs: unchanged, against: empty },
  ];
}

/** All stages of both, live in roots of their own. Needs root and mmdebstrap; without, it is said and left out. */
async function besideCloudInit(scratch: string, programs: Programs, socketPath: string) {
  if (process.getuid?.() !== 0) {
    console.warn('bench: not compared with cloud-init, for that needs root');
    return [];
  }
  const debian = debianWithCloudInit();
  const turns: Record<string, { agent: Cost[]; peer: Cost[] }> = {};
  const boot = async (name: string, scene: Scene) => {
    scene.newBoot();
    const costs = turns[name] ?? { agent: [], peer: [] };
    turns[name] = costs;
    costs.agent.push(await measure(scene.agent, scratch));
    costs.peer.push(await measure(scene.cloudInit, scratch));
  };
  const inScene = async (use: (scene: Scene) => Promise<void>) => {
    const scene = await openScene(debian, dirname(socketPath), programs.agent);
    try {
      await use(scene);
    } finally {
      await scene.close();
    }
  };
  for (let turn = 0; turn < peerPairs; turn++) {
    await serving(web, socketPath, (server) =>
      inScene(async (scene) => {
        await boot('first boot', scene);
        await boot('unchanged', scene);
        await server.set('hostname', 'web-2');
        await boot('new host name', scene);
      }),
    );
    await serving(withoutLateWork, socketPath, () =>
      inScene(async (scene) => {
        await boot('first boot, no user-script', scene);
        await boot('unchanged, no user-script', scene);
      }),
    );
  }
  return Object.entries(turns).flatMap(([name, { agent, peer }]): Row[] => [
    { name: `lx-agent boot, ${name}`, costs: agent },
    { name: `cloud-init boot, ${name}`, costs: peer, against: agent },
  ]);
}

async function serving<Result>(
  metadata: Readonly<Record<string, unknown>>,
  socketPath: string,
  use: (server: Server) => Promise<Result>,
): Promise<Result> {
  const server = await openServer(socketPath, metadata);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

/** What the figures are held against. */
function limits(small: readonly Row[], peers: readonly Row[]): string[] {
  const verdict = (what: string, value: number | undefined, holds: boolean) =>
    `- ${holds ? 'met' : 'MISSED'}: ${what}: ${value?.toFixed(2) ?? 'not measured'}`;
  const unchanged = small.find(({ name }) => name === 'lx-agent early, unchanged');
  const peer = peers.find(({ name }) => name === 'cloud-init boot, unchanged, no user-script');
  const withScript = peers.find(({ name }) => name === 'cloud-init boot, unchanged');
  const lines: string[] = [];
  if (unchanged !== undefined) {
    const [wall = 9, memory = 9] = [ratio(unchanged, 'wall'), ratio(unchanged, 'memory')];
    lines.push(verdict('unchanged early stage, wall, at most 1.2 times the empty script', wall, wall <= 1.2));
    lines.push(verdict('its peak memory, at most 1.25 times', memory, memory <= 1.25));
    const { connections = 9, writes = 9 } = unchanged.calls ?? {};
    lines.push(verdict('one connection', connections, connections === 1));
    lines.push(verdict('socket writes, at most 3', writes, writes <= 3));
  }
  if (peer !== undefined) {
    const cpu = ratio(peer, 'cpu') ?? 0;
    lines.push(
      verdict(
        `cloud-init's CPU time, at least 30 times lx-agent's on the unchanged boot without a user-script`,
        cpu,
        cpu >= 30,
      ),
    );
  }
  if (withScript !== undefined)
    lines.push(
      `- with a user-script, for which Node.js has to start twice: ${ratio(withScript, 'cpu')?.toFixed(2)}`,
    );
  return [lines.join('\n')];
}

await main();
