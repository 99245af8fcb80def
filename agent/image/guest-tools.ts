import type { Change } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';

const why = 'the agent takes over from the bash guest tools';

/** Scripts that start the guest tools, where they do: an rc.local of the image's own stays. */
const starters = ['/etc/rc.local', '/etc/rc.d/rc.local', '/etc/local.d/joyent.start', '/etc/init.d/sdc-init'];
const units = [
  '/etc/systemd/system/joyent.service',
  '/etc/systemd/system/multi-user.target.wants/joyent.service',
];
const folder = '/lib/smartdc';
/** Deeper than they go. */
const depthLimit = 4;

/** Remove what starts the guest tools, and them. An uninstallation puts all of it back. */
export function takeOver(root: ReadableRoot): readonly Change[] {
  const scripts = starters.filter(
    (path) => root.entry(path)?.kind === 'file' && /smartdc|mdata-/.test(root.readText(path) ?? ''),
  );
  const paths = [
    ...scripts,
    ...units.filter((path) => root.entry(path) !== undefined),
    ...contents(root, folder),
  ];
  return paths.map((path) => ({ kind: 'absent', path, why }));
}

/** A folder's entries, those within before it, so that each can be removed by itself and put back. */
function contents(root: ReadableRoot, path: string, depth = 0): readonly string[] {
  const kind = root.entry(path)?.kind;
  if (kind === undefined) return [];
  if (kind !== 'directory' || depth > depthLimit) return [path];
  return [...root.list(path).flatMap((name) => contents(root, `${path}/${name}`, depth + 1)), path];
}
