import type { Change } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';

const why = 'the agent takes over from the bash guest tools';

/** Scripts that can start the guest tools. One that does not, such as the image's own rc.local, stays. */
const starters = ['/etc/rc.local', '/etc/rc.d/rc.local', '/etc/local.d/joyent.start', '/etc/init.d/sdc-init'];
const units = [
  '/etc/systemd/system/joyent.service',
  '/etc/systemd/system/multi-user.target.wants/joyent.service',
];
const folder = '/lib/smartdc';
/** Deeper than any folder of the guest tools. */
const depthLimit = 4;

/** Remove the guest tools and what starts them. An uninstallation puts all of it back. */
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

/** A folder and all that is in it, the folder last, so that each can be removed and put back by itself. */
function contents(root: ReadableRoot, path: string, depth = 0): readonly string[] {
  const kind = root.entry(path)?.kind;
  if (kind === undefined) return [];
  if (kind !== 'directory' || depth > depthLimit) return [path];
  return [...root.list(path).flatMap((name) => contents(root, `${path}/${name}`, depth + 1)), path];
}
