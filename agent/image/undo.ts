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

/** Changes of which it can be told what was there before. */
export type UndoableChange = Extract<Change, { kind: 'file' | 'copy' | 'link' | 'directory' | 'absent' }>;

/** Throws on a Change that cannot be taken back: an installation has none of those. */
export function assertUndoable(change: Change): asserts change is UndoableChange {
  if (change.kind === 'rename' || change.kind === 'generated' || change.kind === 'command')
    throw new Error(`a change of kind ${change.kind} cannot be undone, so an installation may not hold it`);
}

/** What to put on record before a Change is made: the folders that it will make, and its own path. */
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

/** Keep what undoing will need: what was there, and what was put in its place. */
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
 * Take entries back, the last first. Answers with the paths that were left, as somebody changed them since. With `force`
 * none of those is left: what was changed goes into a backup.
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
    // Somebody removed it: there is nothing of ours.
    if (!ours && root.entry(entry.path) === undefined) continue;
    if (!(ours ? restore(root, entry) : await takeOutOurPart(root, entry))) left.push(entry.path);
  }
  return left;
}

/** No file whose lines can be told apart is larger, in bytes: a program is not. */
const textLimit = 16 * 1024 * 1024;

/** In a file that somebody else has changed as well, only our lines go, if they can be told from theirs. */
async function takeOutOurPart(root: Root, { path, before, after }: Entry): Promise<boolean> {
  const others = othersPart(path, root);
  if (others !== undefined) {
    if (others.changed) root.write(path, others.content, others.attributes);
    return true;
  }
  if (before.kind !== 'file' || after.kind !== 'file' || root.entry(path)?.kind !== 'file') return false;
  const involved = [path, kept.at(before.hash), kept.at(after.hash)];
  if (involved.some((one) => (root.entry(one)?.size ?? 0) > textLimit)) return false;
  // A character for each byte: others' lines stay as they are, in whatever encoding.
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

/** What others have in a file of which our lines are known by their text; undefined for any other path. */
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

/** Put back what was there. A folder that others have put something into since stays. */
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

/** What would be at a path without our lines: an earlier installation, for another init, may have left them. */
function stateWithoutUs(path: string, root: ReadableRoot): Entry['before'] {
  const others = othersPart(path, root);
  if (others?.changed === true)
    return { kind: 'file', hash: fingerprint(others.content), ...others.attributes };
  const state = stateOf(path, root);
  if (state === undefined)
    throw new Error(`${path} is a device, a socket or a FIFO: it stays, and so nothing can be put there`);
  return state;
}

/** Whether a path is as its entry says that the agent left it. */
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
