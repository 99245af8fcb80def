import type { Entry } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import type { State } from '../system/state.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { AbsentChange, Change, Claim, DirectoryChange, FileChange, LinkChange } from './change.ts';
import { type Found, largest, lookAtPath, reasonNotToRemove, reasonToKeep } from './ownership.ts';
import { behindLinks } from './shared-file.ts';

/** A Change, compared with what is there. */
export type Settled =
  | { readonly result: 'unchanged'; readonly change: Change }
  /** Others own it: it is kept, for this reason. */
  | { readonly result: 'kept'; readonly change: Change; readonly reason: string }
  /** It would affect the running machine, but the root is not the running system. */
  | { readonly result: 'listed'; readonly change: Change }
  | {
      readonly result: 'wanted';
      readonly change: Change;
      /** The content of the file that is there now. */
      readonly before?: Buffer;
      /** Something is there now. */
      readonly replaces?: boolean;
      /** It was edited by hand, and needs a backup below /var/lib/lx-agent/backup. */
      readonly backup?: boolean;
    }
  | { readonly result: 'failed'; readonly change: Change; readonly error: Error };

/** Compare each Change with the root: what is left to do, what is kept, what is unknown. Reads only. */
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
      return settleLink(change, root, state, force);
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

function settleFile(asked: FileChange, root: ReadableRoot, state: State, force: boolean): Settled {
  if (asked.fault !== undefined) throw asked.fault;
  // Only our part of a shared file changes: a link to it stays, and the file behind the link is written.
  const change = asked.claim === 'shared' ? { ...asked, path: behindLinks(root, asked.path) } : asked;
  const entry = root.entry(change.path);
  if (entry === undefined) return wanted(change);
  if (entry.kind === 'link' && change.claim === 'once') return settleLinkOfSomebody(change, root, force);
  if (entry.kind === 'file' && isReplacedUnread(change, entry, state)) return wanted(change);
  const found = lookAtPath(change.path, root, entry);
  if (found === undefined) return wanted(change);
  const { content: before } = found;
  if (before === undefined) return settleOtherKind(change, found, change.claim, state, force);
  const sameContent = before.equals(Buffer.from(change.content));
  const sameAttributes =
    change.claim === 'shared' ||
    (entry.mode === change.mode &&
      (change.owner === undefined || sameOwner(change.owner, entry) || !mayChown()));
  if (sameContent && (sameAttributes || change.claim === 'once')) return unchanged(change);
  const reason = reasonToKeep(change.path, found, change.claim, state);
  if (reason !== undefined && !force) return { result: 'kept', change, reason };
  const attributed =
    change.claim === 'shared'
      ? { ...change, mode: entry.mode, owner: { uid: entry.uid, gid: entry.gid } }
      : change;
  return {
    result: 'wanted',
    change: attributed,
    before,
    replaces: true,
    backup: reason !== undefined || isOfUnknown(change, state),
  };
}

/** Larger content, in bytes, is not read if nothing depends on it: a program, or a sparse log. */
const comparedLimit = 16 * 1024 * 1024;

/** Whether a file is replaced without a backup whatever it holds, and is too large to have the desired content. */
function isReplacedUnread(change: FileChange, entry: Entry, state: State): boolean {
  return (
    change.claim === 'always' &&
    !isOfUnknown(change, state) &&
    entry.size > comparedLimit &&
    entry.size !== Buffer.byteLength(change.content)
  );
}

/** A file that is created only if it is missing exists also behind a link: somebody keeps it elsewhere. */
function settleLinkOfSomebody(change: FileChange, root: ReadableRoot, force: boolean): Settled {
  const there = root.read(change.path, largest);
  if (there === undefined || there.length === 0) return wanted(change);
  if (there.equals(Buffer.from(change.content))) return unchanged(change);
  if (force) return { result: 'wanted', change, before: there, replaces: true, backup: true };
  return { result: 'kept', change, reason: 'a link that somebody made' };
}

function settleLink(change: LinkChange, root: ReadableRoot, state: State, force: boolean): Settled {
  const found = lookAtPath(change.path, root);
  if (found === undefined) return wanted(change);
  if (found.target === change.target) return unchanged(change);
  return settleOtherKind(change, found, change.claim ?? 'ours-until-edited', state, force);
}

/** Something else is where a file or a link belongs, or a link that leads elsewhere. */
function settleOtherKind(
  change: FileChange | LinkChange,
  found: Found,
  claim: Claim,
  state: State,
  force: boolean,
): Settled {
  const { path } = change;
  const reason = reasonToKeep(path, found, claim, state);
  // A folder in place of a file is of no use, and may hold a lot: with force it is moved away.
  if (found.entry.kind === 'directory' && (reason === undefined || !force))
    throw new RootError(change.kind === 'file' ? 'write' : 'link', path, 'EISDIR');
  if (reason !== undefined && !force) return { result: 'kept', change, reason };
  const backup =
    reason !== undefined || claim === 'shared' || (change.kind === 'file' && isOfUnknown(change, state));
  const { content: before } = found;
  return { result: 'wanted', change, ...(before && { before }), replaces: true, backup };
}

/** A file that follows the metadata is replaced even if its writer is unknown, but then with a backup. */
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
  const found = lookAtPath(change.path, root);
  if (found === undefined) return unchanged(change);
  if (change.claim !== 'ours-until-edited' || change.recursive) return wanted(change);
  const reason = reasonNotToRemove(change.path, found, state);
  if (reason !== undefined && !force) return { result: 'kept', change, reason };
  const { content: before } = found;
  return {
    result: 'wanted',
    change,
    ...(before && { before }),
    replaces: true,
    backup: reason !== undefined,
  };
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

/** Only root can change an owner. Without root rights, an owner that differs is no reason to write. */
function mayChown(): boolean {
  return process.geteuid?.() === 0;
}
