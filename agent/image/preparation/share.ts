import type { Root } from '../../system/root.ts';
import { type Entry, readRecord, writeRecord } from '../record.ts';
import { type PreparedEntry, readPreparation, writePreparation } from './record.ts';

/** Rules of which the installed agent wants the same: its uninstallation takes back what these did. */
const agentsToo = ['metadata-commands', 'state-directories', 'other-writers'];

/** What the agent that is installed needs of a preparation. */
export function isAgents({ rule }: Pick<PreparedEntry, 'rule'>): boolean {
  return agentsToo.includes(rule);
}

/** Have the installation answer for entries that stay for its sake: its end takes them back. */
export function giveToInstallation(root: Root, entries: readonly PreparedEntry[]): void {
  const record = readRecord(root);
  if (record === undefined) return;
  const known = new Set(record.entries.map(({ path }) => path));
  const given = entries
    .filter(({ path }) => !known.has(path))
    .flatMap(({ path, before, after }) => (after.kind === 'file' ? [] : [{ path, before, after }]));
  if (given.length > 0) writeRecord(root, { ...record, entries: around(record.entries, given) });
}

/** Have the preparation answer for what it needs as well as the installation that made it. */
export function giveToPreparation(root: Root, entries: readonly PreparedEntry[]): void {
  const record = readPreparation(root);
  if (record === undefined) return;
  const known = new Set(record.entries.map(({ path }) => path));
  const given = entries.filter(({ path }) => !known.has(path));
  if (given.length > 0) writePreparation(root, { ...record, entries: around(record.entries, given) });
}

/** Folders that the installation made, and that the preparation still has something in. */
export function giveFoldersToPreparation(root: Root, entries: readonly Entry[]): void {
  giveToPreparation(
    root,
    entries.flatMap(({ path, before, after }) =>
      before.kind === 'nothing' && after.kind === 'directory' && root.entry(path)?.kind === 'directory'
        ? [{ rule: 'record', path, before, after }]
        : [],
    ),
  );
}

/** Folders that were given come first, each before what is in it, and all else last: what is last is taken back first. */
function around<E extends Pick<PreparedEntry, 'path' | 'after'> | Entry>(
  entries: readonly E[],
  given: readonly E[],
): E[] {
  const folders = given.filter(({ after }) => after.kind === 'directory');
  const others = given.filter(({ after }) => after.kind !== 'directory');
  return [...folders.toSorted((one, other) => one.path.length - other.path.length), ...entries, ...others];
}
