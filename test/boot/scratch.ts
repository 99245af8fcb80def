import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { agentBinary } from '../support/built.ts';
import { debianTree } from '../support/debian-tree.ts';
import { web } from '../support/instances/web.ts';
import { type MetadataServer, startMetadataServer } from '../support/metadata-server.ts';
import { snapshot } from '../support/roots/snapshot.ts';

/** A scratch folder with a metadata server in it, and roots that the built program runs on. */
export interface Scratch {
  readonly folder: string;
  readonly server: MetadataServer;
  /** A fresh Debian-like root. */
  root(name: string): string;
  /** The program's arguments for a run on a root. */
  run(root: string, ...more: string[]): string[];
  close(): Promise<void>;
}

/** A scratch folder; `close` removes it. */
export async function openScratch(): Promise<Scratch> {
  const folder = mkdtempSync(join(tmpdir(), 'lx-agent-boot-'));
  const socketPath = join(folder, 'metadata.sock');
  const server = await startMetadataServer({ socketPath, metadata: web });
  return {
    folder,
    server,
    root(name) {
      const root = join(folder, name);
      for (const [path, content] of Object.entries(debianTree)) {
        mkdirSync(dirname(root + path), { recursive: true });
        writeFileSync(root + path, content);
      }
      return root;
    },
    run: (root, ...more) => [agentBinary, 'run', '--root', root, '--socket', socketPath, ...more],
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** How a program ended and what it said; both streams together. */
export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/** Run a program to its end, the metadata server of this process at work meanwhile. */
export function ending([program = '', ...args]: readonly string[]): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, LANG: 'C' },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += chunk;
      });
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status, signal, said }));
  });
}

/**
 * All that is in a root: see `snapshot`. Reports, which hold times, are left out; the state is without its order, and the
 * metadata that was read without the time of it.
 */
export function treeOf(root: string): Record<string, string> {
  const unordered = (json: string) => json.replaceAll(',\n', '\n').split('\n').sort().join('\n');
  return Object.fromEntries(
    Object.entries(snapshot(root))
      .filter(([path]) => !path.startsWith('/var/lib/lx-agent/report-'))
      .map(([path, what]) => {
        if (path.endsWith('/state.json')) return [path, unordered(what)];
        if (path.endsWith('/lx-agent/metadata.json'))
          return [path, what.replace(/"since": ".*"/, '"since": "…"')];
        return [path, what];
      }),
  );
}
