import type { ReadableRoot } from '../system/system.ts';

/** The largest file that is read as a unit file, in bytes. */
export const unitLimit = 256 * 1024;

/** A unit file of a root. If several files have the same name, it is the one that systemd uses. */
export interface UnitFile {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  /** It is in /etc: a builder or an administrator owns it, not a package. */
  readonly own: boolean;
}

/** The folders of packages' unit files, highest precedence first. */
export const vendorFolders = [
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];

const ownFolder = '/etc/systemd/system';

/** All folders of unit files, highest precedence first. */
export const unitFolders = [ownFolder, ...vendorFolders];

/** The services of a systemd root, or only those in `named`. Links, such as masks and aliases, are left out. */
export function serviceUnits(root: ReadableRoot, named?: ReadonlySet<string>): readonly UnitFile[] {
  const seen = new Set<string>();
  return unitFolders.flatMap((folder) =>
    root.list(folder).flatMap((name): UnitFile[] => {
      if (!name.endsWith('.service') || seen.has(name) || named?.has(name) === false) return [];
      seen.add(name);
      const path = `${folder}/${name}`;
      const entry = root.entry(path);
      if (entry?.kind !== 'file' || entry.size > unitLimit) return [];
      return [{ name, path, text: root.readText(path, unitLimit) ?? '', own: folder === ownFolder }];
    }),
  );
}

/**
 * Whether a builder or an administrator has a unit of this name, or a drop-in for it, in /etc. A mask does not count.
 */
export function isOwn(root: ReadableRoot, name: string): boolean {
  const path = `${ownFolder}/${name}`;
  const isUnit = root.entry(path) !== undefined && root.linkTarget(path) !== '/dev/null';
  return isUnit || root.list(`${path}.d`).some((entry) => entry.endsWith('.conf') && !isAgents(entry));
}

/** Our own drop-in is not a decision of an administrator. */
function isAgents(entry: string): boolean {
  return entry === 'lx-agent.conf';
}

/** The links that enable a unit: those with its name in `*.wants` and `*.requires` below /etc. */
export function enablingLinks(root: ReadableRoot, name: string): readonly string[] {
  return enablingFolders(root, ownFolder)
    .map((folder) => `${folder}/${name}`)
    .filter((path) => root.entry(path) !== undefined);
}

/** The names of all units that links below /etc enable. */
export function enabledUnits(root: ReadableRoot): ReadonlySet<string> {
  return new Set(enablingFolders(root, ownFolder).flatMap((folder) => root.list(folder)));
}

/** The folders `*.wants` and `*.requires` in a folder of unit files: systemd starts what is linked there. */
export function enablingFolders(root: ReadableRoot, folder: string): readonly string[] {
  return root
    .list(folder)
    .filter((entry) => /\.(wants|requires)$/.test(entry))
    .map((entry) => `${folder}/${entry}`);
}

/** The values of a setting in a unit file, in order. An empty value removes those before it. */
export function settings({ text }: Pick<UnitFile, 'text'>, name: string): readonly string[] {
  const joined = text.replaceAll(/\\\n/g, ' ');
  const values: string[] = [];
  for (const line of joined.split('\n')) {
    const [, key, value = ''] = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== name) continue;
    if (value === '') values.length = 0;
    else values.push(value);
  }
  return values;
}
