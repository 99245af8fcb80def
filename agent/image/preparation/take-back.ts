import { dirname } from 'node:path/posix';
import { backUpIfThere, backupsOf } from '../../change/backups.ts';
import type { Root } from '../../system/root.ts';
import { isSame, stateOf } from '../path-state.ts';
import { withoutAddedNames } from '../stopped-scripts.ts';
import { withoutOurLines } from '../without-our-lines.ts';
import { kept, type PreparedEntry } from './record.ts';

/** The result of undoing a preparation, or of a dry run. */
export interface TakenBack {
  /** Paths that were restored. */
  readonly back: readonly string[];
  /** Files that were edited by hand too: our part is removed, and the edits stay. */
  readonly parted: readonly string[];
  /** Paths that were edited by hand and restored with `force`. The edited version is in a backup. */
  readonly forced: readonly string[];
  readonly left: readonly Left[];
}

/** A path that stays as it is, and why. */
export interface Left {
  readonly path: string;
  readonly reason: string;
  /** The entry that was not undone. */
  readonly entry: PreparedEntry;
}

/** How a preparation is undone. */
export interface UndoOptions {
  /** Also undo what was edited by hand. The edited version goes into a backup. */
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** The largest file that is compared line by line, in bytes. */
const textLimit = 16 * 1024 * 1024;

/**
 * Undo entries, the last one first, each only if it still is as the preparation left it. With `force`, also undo what
 * was edited by hand. With `dryRun` nothing is changed, and the result is the same. Throws RootError. What was undone
 * until then stays undone, and another call continues.
 */
export async function takeBack(
  root: Root,
  entries: readonly PreparedEntry[],
  { force, dryRun }: UndoOptions,
): Promise<TakenBack> {
  const back: string[] = [];
  const parted: string[] = [];
  const forced: string[] = [];
  const left: Left[] = [];
  const gone = new Set<string>();
  for (const entry of [...entries].reverse()) {
    const { path, before, after } = entry;
    const now = stateOf(path, root);
    if (isSame(now, before)) continue;
    const isOurs = isSame(now, after) || (now?.kind === 'directory' && before.kind === 'nothing');
    const own = isOurs || force ? undefined : await withoutOurPart(root, entry);
    if (isOurs) {
      const inside = now?.kind === 'directory' && before.kind !== 'directory' ? root.list(path) : [];
      if (inside.some((name) => !gone.has(`${path}/${name}`)))
        left.push({ path, reason: 'it is not empty', entry });
      else if (before.kind === 'file' && !canRestore(root, entry))
        left.push({ path, reason: `the copy of its old content is gone: ${kept.at(before.hash)}`, entry });
      else {
        if (before.kind === 'nothing') gone.add(path);
        if (!dryRun) restore(root, entry);
        back.push(path);
      }
    } else if (own !== undefined) {
      if (!dryRun) root.write(path, own.content, own.attributes);
      parted.push(path);
    } else if (force && canRestore(root, entry)) {
      if (!dryRun) {
        backUpIfThere(root, path);
        restore(root, entry);
      }
      if (before.kind === 'nothing') gone.add(path);
      forced.push(path);
    } else
      left.push({
        path,
        reason: now?.kind === 'nothing' ? 'removed by hand since' : 'edited by hand since',
        entry,
      });
  }
  return { back, parted, forced, left };
}

/** Whether the former state can be restored: no folder is in its way, and its content was kept. */
function canRestore(root: Root, { path, before }: PreparedEntry): boolean {
  if (before.kind !== 'directory' && root.entry(path)?.kind === 'directory') return false;
  return before.kind !== 'file' || root.entry(kept.at(before.hash)) !== undefined;
}

function restore(root: Root, { path, before }: PreparedEntry): void {
  if (before.kind === 'nothing') {
    root.remove(path);
    return;
  }
  root.makeDirectory(dirname(path), { mode: 0o755 });
  if (before.kind === 'link') root.link(path, before.target);
  else if (before.kind === 'directory') {
    root.makeDirectory(path, { mode: before.mode });
    root.setAttributes(path, { mode: before.mode });
  } else {
    root.copy(root.outside(kept.at(before.hash)), path, before);
    dropBackups(root, path, before.hash);
  }
}

/** Remove the backup that the preparation made for people: it is not needed once the file is back. */
function dropBackups(root: Root, path: string, hash: string): void {
  for (const backup of backupsOf(root, path)) {
    if (root.digest(backup) !== hash) continue;
    root.remove(backup);
    if (root.list(dirname(backup)).length === 0) root.remove(dirname(backup));
  }
}

/** A file that others changed too, without our lines; undefined if the lines cannot be told apart. */
async function withoutOurPart(root: Root, { path, before, after }: PreparedEntry) {
  const entry = root.entry(path);
  if (before.kind !== 'file' || after.kind !== 'file' || entry?.kind !== 'file') return undefined;
  const involved = [path, kept.at(before.hash), kept.at(after.hash)];
  if (involved.some((one) => root.entry(one) === undefined || (root.entry(one)?.size ?? 0) > textLimit))
    return undefined;
  // One character for each byte, so that others' lines stay unchanged in any encoding.
  const [current, was, made] = involved.map((one) => root.read(one, textLimit)?.toString('latin1') ?? '');
  if (current === undefined || was === undefined || made === undefined) return undefined;
  const attributes = { mode: entry.mode, uid: entry.uid, gid: entry.gid };
  if (/^\/etc\/init\.d\/\.depend\.\w+$/.test(path))
    return { content: Buffer.from(withoutAddedNames(current, was, made), 'latin1'), attributes };
  const theirs = await withoutOurLines({ path, was, made, now: current });
  if (theirs === false || theirs === current) return undefined;
  return { content: Buffer.from(theirs, 'latin1'), attributes };
}
