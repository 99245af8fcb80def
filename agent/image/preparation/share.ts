import type { Root } from '../../system/root.ts';
import { type Entry, readRecord, writeRecord } from '../record.ts';
import { type PreparedEntry, readPreparation, writePreparation } from './record.ts';

/** Rules that do what an installation of the agent does too. Uninstalling the agent undoes what they did. */
const agentsToo = ['metadata-commands', 'state-directories', 'other-writers'];

/** Whether the installed agent needs this part of a preparation. */
export function isAgents({ rule }: Pick<PreparedEntry, 'rule'>): boolean {
  return agentsToo.includes(rule);
}

/** Add entries that stay for the agent to the installation's record: uninstalling the agent undoes them. */
export function giveToInstallation(root: Root, entries: readonly PreparedEntry[]): void {
  const record = readRecord(root);
  if (record === undefined) return;
  const known = new Set(record.entries.map(({ path }) => path));
  const given = entries
    .filter(({ path }) => !known.has(path))
    .flatMap(({ path, before, after }) => (after.kind === 'file' ? [] : [{ path, before, after }]));
  if (given.length > 0) writeRecord(root, { ...record, entries: around(record.entries, given) });
}

/** Add entries to the preparation's record that an installation made and that the preparation needs too. */
export function giveToPreparation(root: Root, entries: readonly PreparedEntry[]): void {
  const record = readPreparation(root);
  if (record === undefined) return;
  const known = new Set(record.entries.map(({ path }) => path));
  const given = entries.filter(({ path }) => !known.has(path));
  if (given.length > 0) writePreparation(root, { ...record, entries: around(record.entries, given) });
}

/** Add the folders that the installation made, and that still exist, to the preparation's record. */
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

/**
 * Put given folders first, each before what is in it, and all other given entries last. An undo starts with the last
 * entry.
 */
function around<E extends Pick<PreparedEntry, 'path' | 'after'> | Entry>(
  entries: readonly E[],
  given: readonly E[],
): E[] {
  const folders = given.filter(({ after }) => after.kind === 'directory');
  const others = given.filter(({ after }) => after.kind !== 'directory');
  return [...folders.toSorted((one, other) => one.path.length - other.path.length), ...entries, ...others];
}
