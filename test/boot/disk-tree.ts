import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Disk } from './guest.ts';

/** Path in the guest to what is there, for all that makes up the instance's configuration. */
export type Tree = Record<string, string>;

/** The files and links of a disk that make up the instance's configuration. */
export function treeOf(disk: Disk): Tree {
  const tree: Tree = {};
  for (const top of ['/etc', '/root', '/var/db', '/var/svc']) {
    const entries = filesBelow(disk.path(top));
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(disk.path('/').length - 1);
      // runit's supervisor notes its own state beside a service, at every start.
      if (name.includes('/supervise/')) continue;
      if (entry.isSymbolicLink()) tree[name] = `-> ${readlinkSync(path)}`;
      else if (entry.isFile()) tree[name] = createHash('sha256').update(readFileSync(path)).digest('hex');
    }
  }
  return tree;
}

/** All that is below a folder; nothing where there is no such folder. */
export function filesBelow(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
