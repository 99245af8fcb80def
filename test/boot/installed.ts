import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { agentBinary } from '../support/built.ts';
import type { BootRoot } from './roots.ts';

/** Where roots and the disks of boots are kept: a folder on a real file system (an overlay cannot lie on another). */
export const layersFolder = process.env.LX_AGENT_ROOTS ?? '/tmp/lx-agent-roots';

/** Where one run of the tests keeps disks and made layers: run.ts makes a folder of its own and removes it. */
export const runFolder = process.env.LX_AGENT_BOOT_RUN ?? join(layersFolder, 'run');

const here = import.meta.dirname;

/** Where the layers of a Debian release lie; the machine's own release has the folder itself. */
export function releaseFolder(release: string | undefined): string {
  return release === undefined ? layersFolder : join(layersFolder, release);
}

/** What of the agent is in a root: nothing, the agent as installed, or that with a recorder before its command. */
export type AgentPart = 'none' | 'installed' | 'recorded';

/** Layers of a root, topmost first: the agent's (program and units), the tests' own files, the distribution's. */
export function lowerLayers(root: BootRoot, agent: AgentPart): string[] {
  if (root.folder !== undefined) return [root.folder];
  return [
    ...(agent === 'recorded' ? [made(root, 'recorder')] : []),
    ...(agent === 'none' ? [] : [made(root, 'agent')]),
    made(root, 'fixture'),
    ...[...root.layers, 'base'].map((layer) => join(releaseFolder(root.release), layer)),
  ];
}

const madeBefore = new Map<string, string>();

/** A layer that this process made, made at its first use. */
function made(root: BootRoot, kind: 'recorder' | 'agent' | 'fixture'): string {
  const name = `${root.name.replaceAll(' ', '-')}-${kind}`;
  const before = madeBefore.get(name);
  if (before !== undefined) return before;
  mkdirSync(join(runFolder, 'made'), { recursive: true });
  const folder = mkdtempSync(join(runFolder, 'made', `${name}-`));
  chmodSync(folder, 0o755);
  madeBefore.set(name, folder);
  if (kind === 'fixture') return layFixture(root, folder);
  if (kind === 'recorder') return layTrees(['recorder'], folder);
  return installAgent(root, folder);
}

/** The tests' own files: programs that leave records, and the root's settings. */
function layFixture(root: BootRoot, folder: string): string {
  layTrees(['guest', ...[root.fixture ?? []].flat()], folder);
  for (const [path, target] of Object.entries(root.links ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(target, join(folder, path));
  }
  for (const path of ['/usr/sbin/policy-rc.d', ...(root.removed ?? [])]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    rmSync(join(folder, path), { force: true });
    // Overlay's mark for a name that the layers below have and this one does not.
    execFileSync('mknod', [join(folder, path), 'c', '0', '0']);
  }
  return folder;
}

/** Copy trees of test/boot/, with modes of their own whatever those in a clone. */
function layTrees(trees: readonly string[], folder: string): string {
  for (const tree of trees) cpSync(join(here, tree), folder, { recursive: true, verbatimSymlinks: true });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
  return folder;
}

/** The agent as `lx-agent image install` leaves it. */
function installAgent(root: BootRoot, folder: string): string {
  const lower = lowerLayers(root, 'none').join(':');
  const said = execFileSync(
    join(here, 'install.sh'),
    [lower, folder, agentBinary, 'image', 'install', '--json', '--root'],
    { encoding: 'utf8' },
  );
  const { init, runtime } = v.parse(installation, JSON.parse(said));
  if (init !== root.init)
    throw new Error(`${root.name} was expected to have ${root.init} and found to have ${init}`);
  if (runtime.runtime !== 'system') throw new Error(`${root.name}: ${runtime.reason}`);
  shareProgram(join(folder, 'usr/lib/lx-agent/lx-agent'));
  return folder;
}

const installation = v.object({
  init: v.string(),
  runtime: v.object({ runtime: v.string(), reason: v.string() }),
});

/** One copy of the program on the machine for all the roots, where they lie on one file system. */
function shareProgram(installed: string): void {
  const shared = `${installed}.shared`;
  try {
    linkSync(agentBinary, shared);
  } catch {
    return;
  }
  renameSync(shared, installed);
}
