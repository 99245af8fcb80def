import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { getKeys } from '../../agent/metadata/client.ts';
import { copyInChunks } from '../../agent/system/copy-in-chunks.ts';
import { percentile } from './measure.ts';
import { earlyKeys, layRoot } from './programs.ts';
import { scaleTable } from './scale.ts';
import { storm } from './storm-of-agents.ts';

// `npm run storm`: every zone of a host boots at once. 500 built agents, then 1,500 clients, against one metadata server
// in a process of its own; then what doubles when the metadata does. STORM_AGENTS and STORM_CLIENTS set the numbers.

const repository = join(import.meta.dirname, '../..');
const agents = Number(process.env.STORM_AGENTS ?? 500);
const clients = Number(process.env.STORM_CLIENTS ?? 1500);

async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'lx-agent-storm-'));
  const program = join(scratch, 'lx-agent');
  copyInChunks(join(repository, 'dist/lx-agent'), program, 0o755);
  try {
    const lines = [
      ...(await stormOfAgents(scratch, program)),
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

async function stormOfAgents(scratch: string, program: string): Promise<string[]> {
  const server = await openServer(join(scratch, 'agents.sock'));
  try {
    const roots = Array.from({ length: agents }, (_, index) => layRoot(join(scratch, `root-${index}`)));
    const { ends, wall, drop } = await storm(program, roots, server.socketPath);
    const failed = ends.filter(({ status }) => status !== 0);
    const times = ends.map(({ milliseconds }) => milliseconds);
    const waits = ends.map(({ metadata }) => metadata);
    const named = roots.filter((root) => readFileSync(join(root, 'etc/hostname'), 'utf8') === 'web-1\n');
    if (failed.length > 0 || named.length < agents) process.exitCode = 1;
    return [
      `| ${agents} agents at once | |`,
      '|---|---:|',
      `| failed | ${failed.length} |`,
      `| made themselves web-1 | ${named.length} |`,
      `| connections that an agent needed, at most | ${Math.max(...ends.map(({ connections }) => connections))} |`,
      `| wall time of all | ${seconds(wall)} |`,
      `| one agent, from its start to its end: median | ${seconds(percentile(times, 50))} |`,
      `| … 99th percentile | ${seconds(percentile(times, 99))} |`,
      `| its wait for metadata: 99th percentile | ${seconds(percentile(waits, 99))} |`,
      `| resident memory of one agent, at most (shared pages included) | ${mebibytes(Math.max(...ends.map(({ memory }) => memory)))} |`,
      `| memory that the machine had less, at most, for all of them | ${mebibytes(drop)} |`,
      `| resident memory of the server, at most | ${mebibytes(server.peakMemory())} |`,
      ...failed.slice(0, 3).map(({ said }) => `| a failure | ${said.replaceAll('\n', ' ').slice(0, 300)} |`),
      '',
    ];
  } finally {
    await server.close();
  }
}

async function stormOfClients(scratch: string): Promise<string[]> {
  const server = await openServer(join(scratch, 'clients.sock'));
  try {
    const keys = earlyKeys();
    const started = performance.now();
    const results = await Promise.allSettled(
      Array.from({ length: clients }, () =>
        getKeys(keys, { socketPath: server.socketPath, deadline: 60_000 }),
      ),
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

/** The test server in a process of its own, whose memory can be told from ours. */
async function openServer(socketPath: string) {
  const web = `${repository}/test/support/instances/web.json`;
  const script = `${repository}/test/support/metadata-server-cli.ts`;
  const child = spawn(process.execPath, [script, web, '--socket', socketPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface(child.stdout), 'line');
  return {
    socketPath,
    /** MiB, by VmHWM of proc(5). */
    peakMemory: () =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    async close() {
      const gone = once(child, 'close');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
const mebibytes = (value: number) => `${value.toFixed(0)} MiB`;

await main();
