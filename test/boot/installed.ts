import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { agentBinary } from '../support/built.ts';
import type { BootRoot } from './roots.ts';

/** Where roots and the disks of boots are kept: a folder on a real file system (an overlay cannot lie on another). */
export const layersFolder = process.env.LX_AGENT_ROOTS ?? '/tmp/lx-agent-roots';

/** Where one run of the tests keeps disks and made layers: run.ts makes a folder of its own and removes it. */
export const runFolder = process.env.LX_AGENT_BOOT_RUN ?? join(layersFolder, 'run');

/** Where the layers of a Debian release lie; the machine's own release has the folder itself. */
export function releaseFolder(release: string | undefined): string {
  return release === undefined ? layersFolder : join(layersFolder, release);
}

const here = import.meta.dirname;

/** Layers of a root, topmost first: the agent's (program and units), the tests' own files, the distribution's. */
export function lowerLayers(root: BootRoot, agent: boolean): string[] {
  return [
    ...(agent ? [made(root, 'agent')] : []),
    made(root, 'fixture'),
    ...[...root.layers, 'base'].map((layer) => join(releaseFolder(root.release), layer)),
  ];
}

const madeBefore = new Map<string, string>();

/** A layer that this process made, made at its first use. */
function made(root: BootRoot, kind: 'agent' | 'fixture'): string {
  const name = `${root.name.replaceAll(' ', '-')}-${kind}`;
  const before = madeBefore.get(name);
  if (before !== undefined) return before;
  mkdirSync(join(runFolder, 'made'), { recursive: true });
  const folder = mkdtempSync(join(runFolder, 'made', `${name}-`));
  chmodSync(folder, 0o755);
  madeBefore.set(name, folder);
  if (kind === 'fixture') return layFixture(root, folder);
  return installAgent(root, folder);
}

/** The tests' own files, with modes that do not depend on the clone's: programs that leave records, and the root's settings. */
function layFixture(root: BootRoot, folder: string): string {
  const trees = root.fixture === undefined ? ['guest'] : ['guest', root.fixture];
  for (const tree of trees) layTree(tree, folder);
  for (const [path, target] of Object.entries(root.links ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(target, join(folder, path));
  }
  for (const path of ['/usr/sbin/policy-rc.d', ...(root.removed ?? [])]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    // Overlay's mark for a name that the layers below have and this one does not.
    execFileSync('mknod', [join(folder, path), 'c', '0', '0']);
  }
  return folder;
}

function layTree(tree: string, folder: string): void {
  cpSync(join(here, tree), folder, { recursive: true, verbatimSymlinks: true });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) chmodSync(path, 0o755);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}

/** The agent with its units, enabled by files alone, behind a program that records when it began and ended. */
function installAgent(root: BootRoot, folder: string): string {
  const lower = lowerLayers(root, false).join(':');
  execFileSync(
    join(here, 'install.sh'),
    [lower, folder, process.execPath, join(here, 'enable.ts'), root.init],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  layTree('guest-agent', folder);
  const program = join(folder, 'usr/lib/boot-test/lx-agent');
  mkdirSync(dirname(program), { recursive: true });
  try {
    linkSync(agentBinary, program);
  } catch {
    cpSync(agentBinary, program);
  }
  return folder;
}
