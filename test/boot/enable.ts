import { unitChanges } from '../../agent/image/units.ts';
import type { InitSystem } from '../../agent/system/init.ts';
import { openRoot } from '../../agent/system/root.ts';

// enable.ts INIT ROOT: apply the unit Changes of an init system to a root.
const [init, path] = process.argv.slice(2);
const root = openRoot(path ?? '');
for (const change of unitChanges(root, init as InitSystem)) {
  if (!('path' in change)) throw new Error(`unexpected ${change.kind}`);
  const folder = change.path.slice(0, change.path.lastIndexOf('/'));
  if (root.entry(`${folder}/.`) === undefined) root.makeDirectory(folder, { mode: 0o755 });
  if (change.kind === 'file') root.write(change.path, change.content, { mode: change.mode });
  else if (change.kind === 'link') root.link(change.path, change.target);
  else if (change.kind === 'directory') root.makeDirectory(change.path, { mode: change.mode });
}
