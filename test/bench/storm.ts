import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getKeys } from '../../agent/metadata/client.ts';
import { copyInChunks } from '../../agent/system/copy-in-chunks.ts';
import { percentile } from './measure.ts';
import { earlyKeys, layRoot } from './programs.ts';
import { scaleTable } from './scale.ts';
import { openServer, type Server } from './server.ts';
import { type Storm, storm } from './storm-of-agents.ts';

// `npm run storm`: every zone of a host boots at once. 500 built agents, 500 that wait for it, then 1,500 clients, against
// one metadata server in a process of its own; then what doubles when the metadata does.
// STORM_AGENTS and STORM_CLIENTS set the numbers, STORM_WAIT the seconds for which the 500 wait.

const repository = join(import.meta.dirname, '../..');
const agents = Number(process.env.STORM_AGENTS ?? 500);
/** Seconds until the server comes to those that wait: long enough for all to have started. */
const wait = Number(process.env.STORM_WAIT ?? 60);
const clients = Number(process.env.STORM_CLIENTS ?? 1500);

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'lx-agent-storm-'));
  const program = join(scratch, 'lx-agent');
  copyInChunks(join(repository, 'dist/lx-agent'), program, 0o755);
  try {
    const lines = [
      ...(await stormOfAgents(scratch, program)),
      ...(await stormOfWaiting(scratch, program)),
      ...(await stormOfClients(scratch)),
      '',
      ...(await scaleTable()),
    ];
    mkdirSync(`${repository}/out`, { recursive: true });
    writeFileSync(`${repository}/out/storm.md`, `${lines.join('\n')}\n`);
    console.log(`${lines.join('\n')}\n\nout/storm.md`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** All are started at once, and the server is there. */
async function stormOfAgents(scratch: string, program: string): Promise<string[]> {
  const socketPath = join(scratch, 'agents.sock');
  const server = await openServer(socketPath);
  try {
    const roots = rootsIn(scratch, 'root');
    const result = await storm(program, roots, socketPath);
    return tableOf(`${agents} agents at once`, result, roots, server.peakMemory());
  } finally {
    await server.close();
  }
}

/** All are running and wait when the server comes: the most memory at one time, and the most connections. */
async function stormOfWaiting(scratch: string, program: string): Promise<string[]> {
  const socketPath = join(scratch, 'waiting.sock');
  const roots = rootsIn(scratch, 'waiting');
  for (const root of roots)
    writeFileSync(join(root, 'etc/lx-agent.ini'), '[early]\nmetadata_deadline = 600\n');
  const servers: Server[] = [];
  const serve = async () => {
    servers.push(await openServer(socketPath));
  };
  try {
    const result = await storm(program, roots, socketPath, { seconds: wait, serve });
    const least = Math.min(...result.ends.map(({ metadata }) => metadata));
    return [
      ...tableOf(
        `${agents} agents that wait when the server comes`,
        result,
        roots,
        servers[0]?.peakMemory() ?? 0,
      ),
      `When the server came, ${result.running} were running, with ${mebibytes(result.own)} of memory of their own; each had its metadata ${seconds(least)} or more after it had begun to ask.`,
      '',
    ];
  } finally {
    for (const server of servers) await server.close();
  }
}

function rootsIn(scratch: string, name: string): string[] {
  return Array.from({ length: agents }, (_, index) => layRoot(join(scratch, `${name}-${index}`)));
}

function tableOf(
  head: string,
  { ends, wall, drop }: Storm,
  roots: readonly string[],
  server: number,
): string[] {
  const failed = ends.filter(({ status }) => status !== 0);
  const times = ends.map(({ milliseconds }) => milliseconds);
  const named = roots.filter((root) => readFileSync(join(root, 'etc/hostname'), 'utf8') === 'web-1\n');
  if (failed.length > 0 || named.length < agents) process.exitCode = 1;
  return [
    `| ${head} | |`,
    '|---|---:|',
    `| failed | ${failed.length} |`,
    `| made themselves web-1 | ${named.length} |`,
    `| connections that an agent needed, at most | ${Math.max(...ends.map(({ connections }) => connections))} |`,
    `| until all were done | ${seconds(wall)} |`,
    `| until one was done: median | ${seconds(percentile(times, 50))} |`,
    `| until one was done: 99th percentile | ${seconds(percentile(times, 99))} |`,
    `| its wait for metadata: 99th percentile | ${seconds(
      percentile(
        ends.map(({ metadata }) => metadata),
        99,
      ),
    )} |`,
    `| resident memory of one agent, at most (shared pages included) | ${mebibytes(Math.max(...ends.map(({ memory }) => memory)))} |`,
    `| memory that the machine had less, at most, for all of them | ${mebibytes(drop)} |`,
    `| resident memory of the server, at most | ${mebibytes(server)} |`,
    ...failed.slice(0, 3).map(({ said }) => `| a failure | ${said.replaceAll('\n', ' ').slice(0, 300)} |`),
    '',
  ];
}

async function stormOfClients(scratch: string): Promise<string[]> {
  const server = await openServer(join(scratch, 'clients.sock'));
  try {
    const keys = earlyKeys();
    const started = performance.now();
    const results = await Promise.allSettled(
      Array.from({ length: clients }, () => getKeys(keys, { socketPath: server.socketPath, deadline: 60 })),
    );
    const wall = performance.now() - started;
    const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.exchange] : []));
    if (done.length < clients) process.exitCode = 1;
    return [
      `| ${clients} clients at once, in one process | |`,
      '|---|---:|',
      `| failed | ${clients - done.length} |`,
      `| connections that a client needed, at most | ${Math.max(...done.map(({ connections }) => connections))} |`,
      `| wall time of all | ${seconds(wall)} |`,
      `| one client: 99th percentile | ${seconds(
        percentile(
          done.map(({ milliseconds }) => milliseconds),
          99,
        ),
      )} |`,
      `| resident memory of the server, at most | ${mebibytes(server.peakMemory())} |`,
    ];
  } finally {
    await server.close();
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
const mebibytes = (value: number) => `${value.toFixed(0)} MiB`;

await main();
