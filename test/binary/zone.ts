import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { debianTree } from '../support/debian-tree.ts';
import { web } from '../support/instances/web.ts';
import { type Faults, type MetadataServer, startMetadataServer } from '../support/metadata-server.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { plant, type Tree } from '../support/temporary-root.ts';

/** How the program ended and what it said. */
export interface Ending {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A scratch root with a metadata server beside it, and the built program to run on both. */
export interface Zone {
  readonly root: string;
  readonly socketPath: string;
  readonly server: MetadataServer;
  /** `lx-agent …` as it stands. */
  call(args: readonly string[], options?: CallOptions): Promise<Ending>;
  /** `lx-agent run …` on the root, with the server. */
  run(...args: string[]): Promise<Ending>;
  /** A file of the root; throws when there is none. */
  text(path: string): string;
  /** All that is in the root but the reports, which hold times. */
  tree(): Record<string, string>;
}

interface CallOptions {
  /** How the program is started: by its path, unless by another loader. */
  readonly program?: Launch;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** The words before the arguments. */
export type Launch = readonly [string, ...string[]];

interface ZoneOptions {
  readonly program?: Launch;
  readonly faults?: Faults;
  /** What is in the root besides the small Debian. */
  readonly tree?: Tree;
  /** For tests that run at the same time: that of their own context. */
  readonly finished?: typeof onTestFinished;
}

/** A zone whose image is a small Debian; it is gone when the test is. */
export async function openZone(
  metadata: Readonly<Record<string, unknown>> = web,
  { program, faults = {}, tree = {}, finished = onTestFinished }: ZoneOptions = {},
): Promise<Zone> {
  const folder = mkdtempSync(join(tmpdir(), 'lx-agent-binary-'));
  finished(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'root');
  mkdirSync(root);
  plant(root, { ...debianTree, '/var/log': null, ...tree });
  const socketPath = join(folder, 'metadata.sock');
  const server = await startMetadataServer({ socketPath, metadata: { ...metadata }, faults });
  finished(() => server.close());
  return {
    root,
    socketPath,
    server,
    call: (args, options) => ending(args, { ...(program && { program }), ...options }),
    run: (...args) =>
      ending(['run', '--root', root, '--socket', socketPath, ...args], program && { program }),
    text: (path) => readFileSync(join(root, path), 'utf8'),
    tree: () =>
      Object.fromEntries(
        Object.entries(snapshot(root)).filter(([path]) => !path.startsWith('/var/lib/lx-agent/report-')),
      ),
  };
}

/** Run the program to its end; the servers of this process are at work meanwhile. */
export function ending(
  args: readonly string[],
  { program = [agentBinary], environment = {}, input }: CallOptions = {},
): Promise<Ending> {
  const [command, ...before] = program;
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...before, ...args], { env: { PATH: process.env.PATH, ...environment } });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      said.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said.stderr += chunk;
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...said }));
    child.stdin.end(input);
  });
}
