import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { skeletons } from './root-skeletons.ts';
import { plant, type Tree } from './temporary-root.ts';

/** What makes a root one of each init system; a root of any has all of it and nothing of the others'. */
export const initTrees: Readonly<Record<string, Tree>> = {
  systemd: skeletons['Debian, systemd'],
  sysvinit: { ...skeletons['Debian, sysvinit'], '/etc/init.d/.depend.boot': 'TARGETS = networking\n' },
  'OpenRC of Debian': skeletons['Devuan, OpenRC'],
  'OpenRC on BusyBox': skeletons['Alpine, OpenRC on BusyBox'],
  'runit of Debian': skeletons['Debian, runit'],
  'runit of Void': { ...skeletons['Void, runit'], '/sbin': null, '/sbin/init': '-> runit-init' },
  'BusyBox alone': skeletons['BusyBox alone'],
  Upstart: skeletons['Ubuntu 14.04, Upstart'],
  "Upstart with Red Hat's scripts": { ...skeletons['CentOS 6, Upstart and rc scripts'], '/etc/init.d': null },
  'no init': skeletons['a root without an init'],
};
const treeOf = (name: string): Tree => initTrees[name] ?? {};

/** Exchange the init system of a root: its files go, with the folders that are empty then, and the other's come. */
export function become(root: string, from: string | undefined, to: string): void {
  for (const [path, content] of Object.entries(from === undefined ? {} : treeOf(from)))
    if (content !== null) rmSync(join(root, path), { force: true });
  removeEmptyFolders(root);
  plant(root, treeOf(to));
}

const isEmpty = (folder: string) => readdirSync(folder).length === 0;

function removeEmptyFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || folder.includes('/lx-agent')) continue;
    const path = join(folder, entry.name);
    removeEmptyFolders(path);
    if (isEmpty(path) && !/\/(svc|db|early\.d|late\.d)$/.test(path)) rmSync(path, { recursive: true });
  }
}

/** All files and links of a root but the record of what was there before, and the program. */
export function contents(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(root.length);
      if (
        entry.isDirectory() ||
        name === '/usr/lib/lx-agent/lx-agent' ||
        name.startsWith('/var/lib/lx-agent/')
      )
        return [];
      const what = entry.isFile()
        ? `${(lstatSync(path).mode & 0o7777).toString(8)} ${readFileSync(path, 'latin1')}`
        : `-> ${readlinkSync(path)}`;
      // The number that the link has is kept if it serves as well.
      return [[name.replace(/(?<=rcS\.d\/S)\d\d(?=lx-agent)/, 'NN'), what]];
    }),
  );
}
