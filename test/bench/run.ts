import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MetadataServer, startMetadataServer } from '../support/metadata-server.ts';
import { type Cost, count, forget, measure, missingTools } from './measure.ts';
import { debianWithCloudInit, openScene, type Scene } from './peer.ts';
import { plot } from './plot.ts';
import { earlyKeys, layPrograms, layRoot, type Programs } from './programs.ts';
import { middle, type Row, ratio, table } from './table.ts';

// `npm run bench`: what a boot costs beside an empty script, a shell script and cloud-init. Contenders take turns, so
// that what else the machine does meets them alike; medians of the runs, and of the ratios run by run.

const repository = join(import.meta.dirname, '../..');
const pairs = Number(process.env.BENCH_PAIRS ?? 75);
const peerPairs = Number(process.env.BENCH_PEER_PAIRS ?? 5);
const coldPairs = Number(process.env.BENCH_COLD_PAIRS ?? 5);

async function main(): Promise<void> {
  const missing = missingTools();
  if (missing.length > 0) throw new Error(`bench needs ${missing.join(', ')}: apt-get install them`);
  const scratch = mkdtempSync(join(tmpdir(), 'lx-agent-bench-'));
  const sockets = join(scratch, 'sockets');
  mkdirSync(sockets);
  const socketPath = join(sockets, 'metadata.sock');
  const metadata = JSON.parse(readFileSync(`${repository}/test/support/instances/web.json`, 'utf8'));
  const server = await startMetadataServer({ socketPath, metadata });
  try {
    const programs = layPrograms(scratch, socketPath);
    const small = await smallRoot(scratch, server, programs, socketPath);
    const cold = await coldStart(scratch, programs, socketPath);
    const peers = await besideCloudInit(scratch, server, programs, sockets);
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
      ...limits(small, peers),
    ].join('\n\n');
    mkdirSync(`${repository}/out`, { recursive: true });
    writeFileSync(`${repository}/out/bench.md`, `${text}\n`);
    writeFileSync(`${repository}/out/bench.svg`, plot(rows));
    console.log(`${text}\n\nout/bench.md, out/bench.svg`);
  } finally {
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The early stage on a scratch root, which needs no privileges. */
async function smallRoot(scratch: string, server: MetadataServer, programs: Programs, socketPath: string) {
  const root = layRoot(join(scratch, 'root'));
  const early = (folder: string) => [
    programs.agent,
    'run',
    '--stage',
    'early',
    '--root',
    folder,
    '--socket',
    socketPath,
  ];
  const empty = [programs.node, programs.emptyScript];
  const turns: Record<'empty' | 'first' | 'unchanged' | 'changed' | 'shell', Cost[]> = {
    empty: [],
    first: [],
    unchanged: [],
    changed: [],
    shell: [],
  };
  await measure(early(root), scratch);
  for (let turn = 0; turn < pairs; turn++) {
    const fresh = layRoot(join(scratch, `root-${turn}`));
    turns.empty.push(await measure(empty, scratch));
    turns.unchanged.push(await measure(early(root), scratch));
    turns.first.push(await measure(early(fresh), scratch));
    server.metadata.set('hostname', `web-${turn + 2}`);
    turns.changed.push(await measure(early(root), scratch));
    if (turn < peerPairs) turns.shell.push(await measure(['sh', programs.shellScript], scratch));
    rmSync(fresh, { recursive: true });
  }
  const against = turns.empty;
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
      against,
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
async function besideCloudInit(scratch: string, server: MetadataServer, programs: Programs, sockets: string) {
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
  for (let turn = 0; turn < peerPairs; turn++) {
    server.metadata.set('hostname', 'web-1');
    const scene = await openScene(debian, sockets, programs.agent);
    try {
      await boot('first boot', scene);
      await boot('unchanged', scene);
      server.metadata.set('hostname', 'web-2');
      await boot('new host name', scene);
    } finally {
      await scene.close();
    }
    await withoutLateWork(server, async () => {
      const bare = await openScene(debian, sockets, programs.agent);
      try {
        await boot('first boot, no user-script', bare);
        await boot('unchanged, no user-script', bare);
      } finally {
        await bare.close();
      }
    });
  }
  return Object.entries(turns).flatMap(([name, { agent, peer }]): Row[] => [
    { name: `lx-agent boot, ${name}`, costs: agent },
    { name: `cloud-init boot, ${name}`, costs: peer, against: agent },
  ]);
}

/** What is served meanwhile has no user-script and no routes, as most instances have none. */
async function withoutLateWork({ metadata }: MetadataServer, use: () => Promise<void>): Promise<void> {
  const before = new Map(metadata);
  metadata.delete('user-script');
  metadata.set('sdc:routes', []);
  try {
    await use();
  } finally {
    for (const [key, value] of before) metadata.set(key, value);
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
