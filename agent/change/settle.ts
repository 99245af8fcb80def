import type { Entry } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import type { State } from '../system/state.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { AbsentChange, Change, DirectoryChange, FileChange } from './change.ts';
import { fingerprint, reasonToKeep } from './ownership.ts';

/** A Change held against what is there. */
export type Settled =
  | { readonly result: 'unchanged'; readonly change: Change }
  /** Somebody else's: left, and why. */
  | { readonly result: 'kept'; readonly change: Change; readonly reason: string }
  /** Would touch the running machine, and the root is not its own. */
  | { readonly result: 'listed'; readonly change: Change }
  | {
      readonly result: 'wanted';
      readonly change: Change;
      readonly before?: Buffer;
      readonly backup?: boolean;
    }
  | { readonly result: 'failed'; readonly change: Change; readonly error: Error };

/** The largest file, in bytes, that is held against what is wanted: as large as a metadata value can be. */
const largest = 128 * 1024 * 1024;

/** Hold each Change against the root: what is left to do, what is kept, what cannot be told. Reads only. */
export function settle(
  changes: readonly Change[],
  root: ReadableRoot,
  state: State,
  force = false,
): Settled[] {
  return changes.map((change) => {
    try {
      return settleOne(change, root, state, force);
    } catch (error) {
      return { result: 'failed', change, error: error instanceof Error ? error : new Error(String(error)) };
    }
  });
}

function settleOne(change: Change, root: ReadableRoot, state: State, force: boolean): Settled {
  switch (change.kind) {
    case 'file':
      return settleFile(change, root, state, force);
    case 'copy':
      return root.isCopyOf(change.path, change.from) && root.entry(change.path)?.mode === change.mode
        ? unchanged(change)
        : wanted(change);
    case 'link':
      return root.linkTarget(change.path) === change.target ? unchanged(change) : wanted(change);
    case 'directory':
      return settleDirectory(change, root);
    case 'absent':
      return settleAbsent(change, root, state, force);
    case 'rename':
      return root.entry(change.from) === undefined ? unchanged(change) : wanted(change);
    case 'generated':
      return wanted(change);
    case 'command':
      return root.live ? wanted(change) : { result: 'listed', change };
  }
}

function settleFile(change: FileChange, root: ReadableRoot, state: State, force: boolean): Settled {
  if (change.fault !== undefined) throw change.fault;
  const entry = root.entry(change.path);
  if (entry === undefined) return wanted(change);
  if (entry.kind === 'directory') throw new RootError('write', change.path, 'EISDIR');
  if (entry.kind === 'link' && change.claim === 'once') return settleLinkOfSomebody(change, root, force);
  if (entry.kind !== 'file') return wanted(change);
  if (isReplacedUnread(change, entry, state)) return wanted(change);
  const before = root.read(change.path, largest);
  if (before === undefined) return wanted(change);
  const sameContent = before.equals(Buffer.from(change.content));
  const sameAttributes =
    change.claim === 'shared' ||
    (entry.mode === change.mode &&
      (change.owner === undefined || sameOwner(change.owner, entry) || !mayChown()));
  if (sameContent && (sameAttributes || change.claim === 'once')) return unchanged(change);
  const reason = sameContent ? undefined : reasonToKeep(change.path, before, change.claim, state);
  if (reason !== undefined && !force) return { result: 'kept', change, reason };
  const attributed =
    change.claim === 'shared'
      ? { ...change, mode: entry.mode, owner: { uid: entry.uid, gid: entry.gid } }
      : change;
  return {
    result: 'wanted',
    change: attributed,
    before,
    backup: reason !== undefined || isOfUnknown(change, state),
  };
}

/** Content above this, in bytes, is not read where nothing depends on it: a program, or a sparse log. */
const comparedLimit = 16 * 1024 * 1024;

/** Whether a file is replaced whatever it holds, without a backup, and is too large to be what is wanted. */
function isReplacedUnread(change: FileChange, entry: Entry, state: State): boolean {
  return (
    change.claim === 'always' &&
    !isOfUnknown(change, state) &&
    entry.size > comparedLimit &&
    entry.size !== Buffer.byteLength(change.content)
  );
}

/** A file that is only made where it is missing is there too where a link leads to one: somebody keeps it elsewhere. */
function settleLinkOfSomebody(change: FileChange, root: ReadableRoot, force: boolean): Settled {
  const there = root.read(change.path, largest);
  if (there === undefined || there.length === 0) return wanted(change);
  if (there.equals(Buffer.from(change.content))) return unchanged(change);
  if (force) return { result: 'wanted', change, before: there, backup: true };
  return { result: 'kept', change, reason: 'a link that somebody made' };
}

/** What follows the metadata is replaced even if nobody knows who wrote it; then with a backup. */
function isOfUnknown({ claim, path }: FileChange, { lost, files }: State): boolean {
  return lost !== undefined && claim === 'always' && files[path] === undefined;
}

function settleDirectory(change: DirectoryChange, root: ReadableRoot): Settled {
  const entry = root.entry(change.path);
  if (entry === undefined) return wanted(change);
  if (entry.kind === 'link' && root.entry(`${change.path}/.`)?.kind === 'directory') return unchanged(change);
  if (entry.kind !== 'directory') throw new RootError('make', change.path, 'EEXIST');
  const same =
    entry.mode === change.mode &&
    (change.owner === undefined || sameOwner(change.owner, entry) || !mayChown());
  return same || change.exact !== true ? unchanged(change) : wanted(change);
}

function settleAbsent(change: AbsentChange, root: ReadableRoot, state: State, force: boolean): Settled {
  const entry = root.entry(change.path);
  if (entry === undefined) return unchanged(change);
  const mayBeEdited = change.claim === 'ours-until-edited' && entry.kind === 'file' && !change.recursive;
  const before = mayBeEdited ? root.read(change.path, largest) : undefined;
  if (before === undefined) return wanted(change);
  const reason = fingerprint(before) === state.files[change.path] ? undefined : 'edited by hand';
  if (reason !== undefined && !force) return { result: 'kept', change, reason };
  return { result: 'wanted', change, before, backup: reason !== undefined };
}

function unchanged(change: Change): Settled {
  return { result: 'unchanged', change };
}

function wanted(change: Change): Settled {
  return { result: 'wanted', change };
}

function sameOwner(owner: { uid: number; gid: number }, entry: { uid: number; gid: number }): boolean {
  return owner.uid === entry.uid && owner.gid === entry.gid;
}

/** Only root may give files away; for anyone else an owner that differs is no reason to write. */
function mayChown(): boolean {
  return process.geteuid?.() === 0;
}
