import { dirname } from 'node:path/posix';
import { backUpIfThere, backupsOf } from '../../change/backups.ts';
import type { Root } from '../../system/root.ts';
import { isSame, stateOf } from '../path-state.ts';
import { withoutAddedNames } from '../stopped-scripts.ts';
import { withoutOurLines } from '../without-our-lines.ts';
import { kept, type PreparedEntry } from './record.ts';

/** What came, or would come, of taking a preparation back. */
export interface TakenBack {
  /** Paths that are as they were before. */
  readonly back: readonly string[];
  /** Files that somebody edited too: our part is out of them, and theirs stays. */
  readonly parted: readonly string[];
  /** Paths that somebody changed: they are as they were before, and what was there is in a backup. */
  readonly forced: readonly string[];
  readonly left: readonly Left[];
}

/** A path that stays as it is, and why. */
export interface Left {
  readonly path: string;
  readonly reason: string;
  /** A folder that others have put something into. */
  readonly entry: PreparedEntry;
}

/** How a preparation is taken back. */
export interface UndoOptions {
  /** Also what somebody changed since; it goes into a backup. */
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** No file whose lines can be told apart is larger, in bytes. */
const textLimit = 16 * 1024 * 1024;

/**
 * Take entries back, the last first, each only where it still is as the preparation left it; with `force` also where
 * somebody changed it. With `dryRun` nothing is changed, and the answer is the same. Throws RootError; what was taken back by then is so, and another call goes on.
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
        left.push({ path, reason: 'others have put something into it', entry });
      else if (before.kind === 'file' && !canRestore(root, entry))
        left.push({ path, reason: `its content is gone from ${kept.at(before.hash)}`, entry });
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
        reason: now?.kind === 'nothing' ? 'somebody removed it since' : 'somebody changed it since',
        entry,
      });
  }
  return { back, parted, forced, left };
}

/** Whether what was there before can be put back: nothing that is a folder now is in its way, and its content is kept. */
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

/** The copy that the preparation laid beside for people is not needed once the file is back. */
function dropBackups(root: Root, path: string, hash: string): void {
  for (const backup of backupsOf(root, path)) {
    if (root.digest(backup) !== hash) continue;
    root.remove(backup);
    if (root.list(dirname(backup)).length === 0) root.remove(dirname(backup));
  }
}

/** A file that others have changed as well, without our lines; undefined where they cannot be told from theirs. */
async function withoutOurPart(root: Root, { path, before, after }: PreparedEntry) {
  const entry = root.entry(path);
  if (before.kind !== 'file' || after.kind !== 'file' || entry?.kind !== 'file') return undefined;
  const involved = [path, kept.at(before.hash), kept.at(after.hash)];
  if (involved.some((one) => root.entry(one) === undefined || (root.entry(one)?.size ?? 0) > textLimit))
    return undefined;
  // A character for each byte: others' lines stay as they are, in whatever encoding.
  const [current, was, made] = involved.map((one) => root.read(one, textLimit)?.toString('latin1') ?? '');
  if (current === undefined || was === undefined || made === undefined) return undefined;
  const attributes = { mode: entry.mode, uid: entry.uid, gid: entry.gid };
  if (/^\/etc\/init\.d\/\.depend\.\w+$/.test(path))
    return { content: Buffer.from(withoutAddedNames(current, was, made), 'latin1'), attributes };
  const theirs = await withoutOurLines({ path, was, made, now: current });
  if (theirs === false || theirs === current) return undefined;
  return { content: Buffer.from(theirs, 'latin1'), attributes };
}
