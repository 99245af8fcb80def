import { dirname } from 'node:path/posix';
import { backUpIfThere } from '../change/backups.ts';
import type { Change } from '../change/change.ts';
import { fingerprint } from '../change/ownership.ts';
import type { Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import type { ReadableRoot } from '../system/system.ts';
import { renumbered } from './insserv.ts';
import { withoutOwnLines } from './own-lines.ts';
import { missingFolders, stateOf } from './path-state.ts';
import { type Entry, kept, keptContent, putBack } from './record.ts';
import { withoutOurLines } from './without-our-lines.ts';

/** The kinds of Change that can be undone. */
export type UndoableChange = Extract<Change, { kind: 'file' | 'copy' | 'link' | 'directory' | 'absent' }>;

/** Throws if a Change cannot be undone. An installation must not contain one. */
export function assertUndoable(change: Change): asserts change is UndoableChange {
  if (change.kind === 'rename' || change.kind === 'generated' || change.kind === 'command')
    throw new Error(
      `a change of kind ${change.kind} cannot be undone, so an installation must not contain it`,
    );
}

/** The entries to record before a Change is made: for the folders that it will make, and for its own path. */
export function entriesFor(change: UndoableChange, root: ReadableRoot): readonly Entry[] {
  const after = stateAfter(change);
  const folders = missingFolders(change.path, root);
  const obstacle = folders.find((folder) => root.entry(folder) !== undefined);
  if (obstacle !== undefined) throw new RootError('enter', obstacle, 'ENOTDIR');
  return [
    ...(change.kind === 'absent' ? [] : folders.map(madeFolder)),
    { path: change.path, before: stateWithoutUs(change.path, root), after },
  ];
}

function madeFolder(path: string): Entry {
  return { path, before: { kind: 'nothing' }, after: { kind: 'directory', mode: 0o755 } };
}

/** Keep the content that an undo needs: what was there, and what replaces it. */
export function keepWhatWas(root: Root, entries: readonly Entry[], changes: readonly Change[]): void {
  for (const { path, before, after } of entries) {
    if (before.kind !== 'file') continue;
    const others = othersPart(path, root);
    if (others?.changed === true && fingerprint(others.content) === before.hash)
      kept.keep(root, before.hash, others.content);
    else kept.keep(root, before.hash, { path });
    const change = changes.find((one) => one.kind === 'file' && one.path === path);
    if (change?.kind === 'file' && after.kind === 'file')
      kept.keep(root, after.hash, Buffer.from(change.content));
  }
}

/**
 * Undo entries, the last one first. Returns the paths that were edited by hand and kept. With `force` none is kept: the
 * edited version goes into a backup.
 */
export async function undo(
  root: Root,
  entries: readonly Entry[],
  force: boolean,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const recorded of [...entries].reverse()) {
    const { path, after } = recorded;
    const entry =
      after.kind === 'link' ? { ...recorded, path: renumbered(path, after.target, root) } : recorded;
    if (isLike(entry.path, entry.before, root)) continue;
    const made = [entry.after, entry.former].filter((one) => one !== undefined);
    const isUnchanged = entry.after.kind === 'own' || made.some((state) => isLike(entry.path, state, root));
    if (force && !isUnchanged) backUpIfThere(root, entry.path);
    const ours = force || isUnchanged;
    // It was removed by hand: there is nothing to undo.
    if (!ours && root.entry(entry.path) === undefined) continue;
    if (!(ours ? restore(root, entry) : await takeOutOurPart(root, entry))) left.push(entry.path);
  }
  return left;
}

/** The largest file that is compared line by line, in bytes. Programs are larger. */
const textLimit = 16 * 1024 * 1024;

/** Remove only our lines from a file that others changed too. Returns false if the lines cannot be told apart. */
async function takeOutOurPart(root: Root, { path, before, after }: Entry): Promise<boolean> {
  const others = othersPart(path, root);
  if (others !== undefined) {
    if (others.changed) root.write(path, others.content, others.attributes);
    return true;
  }
  if (before.kind !== 'file' || after.kind !== 'file' || root.entry(path)?.kind !== 'file') return false;
  const involved = [path, kept.at(before.hash), kept.at(after.hash)];
  if (involved.some((one) => (root.entry(one)?.size ?? 0) > textLimit)) return false;
  // One character for each byte, so that others' lines stay unchanged in any encoding.
  const current = root.read(path)?.toString('latin1');
  if (current === undefined || root.entry(kept.at(after.hash)) === undefined) return false;
  const text = (hash: string) => keptContent(root, hash).toString('latin1');
  const theirs = await withoutOurLines({
    path,
    was: text(before.hash),
    made: text(after.hash),
    now: current,
  });
  if (theirs === false) return false;
  root.write(path, Buffer.from(theirs, 'latin1'), before);
  return true;
}

/** The part of others in a file where our lines are recognized by their text; undefined for any other path. */
function othersPart(path: string, root: ReadableRoot) {
  const entry = root.entry(path);
  if (entry?.kind !== 'file' || entry.size > textLimit || withoutOwnLines(path, '') === undefined)
    return undefined;
  const current = root.read(path)?.toString('latin1') ?? '';
  const others = withoutOwnLines(path, current) ?? current;
  return {
    content: Buffer.from(others, 'latin1'),
    changed: others !== current,
    attributes: { mode: entry.mode, uid: entry.uid, gid: entry.gid },
  };
}

/** Put back what was there. A folder that is not empty stays. */
function restore(root: Root, { path, before }: Entry): true {
  switch (before.kind) {
    case 'file':
      root.makeDirectory(dirname(path), { mode: 0o755 });
      putBack(root, before.hash, path, before);
      return true;
    case 'link':
      root.makeDirectory(dirname(path), { mode: 0o755 });
      root.link(path, before.target);
      return true;
    case 'directory':
      root.makeDirectory(path, { mode: before.mode });
      return true;
    case 'nothing':
      if (root.entry(path)?.kind !== 'directory' || root.list(path).length === 0) root.remove(path);
      return true;
  }
}

function stateAfter(change: UndoableChange): Entry['after'] {
  switch (change.kind) {
    case 'file':
      return { kind: 'file', hash: fingerprint(change.content) };
    case 'copy':
      return { kind: 'own' };
    case 'link':
      return { kind: 'link', target: change.target };
    case 'directory':
      return { kind: 'directory', mode: change.mode };
    case 'absent':
      return { kind: 'nothing' };
  }
}

/** The state of a path without our lines. An earlier installation, for another init system, may have left some. */
function stateWithoutUs(path: string, root: ReadableRoot): Entry['before'] {
  const others = othersPart(path, root);
  if (others?.changed === true)
    return { kind: 'file', hash: fingerprint(others.content), ...others.attributes };
  const state = stateOf(path, root);
  if (state === undefined) throw new Error(`cannot replace ${path}: it is a device, a socket or a FIFO`);
  return state;
}

/** Whether a path is still as the agent left it, according to its entry. */
export function isAsLeft({ path, after }: Entry, root: ReadableRoot): boolean {
  return isLike(path, after, root);
}

function isLike(path: string, state: Entry['before'] | Entry['after'], root: ReadableRoot): boolean {
  const entry = root.entry(path);
  switch (state.kind) {
    case 'nothing':
      return entry === undefined;
    case 'link':
      return root.linkTarget(path) === state.target;
    case 'directory':
      return entry?.kind === 'directory';
    case 'file':
      return root.digest(path) === state.hash;
    case 'own':
      return entry?.kind === 'file';
  }
}
