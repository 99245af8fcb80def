import { dirname } from 'node:path/posix';
import type { Change } from '../change/change.ts';
import { fingerprint } from '../change/ownership.ts';
import type { Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import type { ReadableRoot } from '../system/system.ts';
import { type Entry, keepContent, keptContent } from './record.ts';

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
  const folders: Entry[] = [];
  for (let folder = dirname(change.path); folder !== '/'; folder = dirname(folder)) {
    if (root.entry(`${folder}/.`) !== undefined) break;
    if (root.entry(folder) !== undefined) throw new RootError('enter', folder, 'ENOTDIR');
    folders.unshift({
      path: folder,
      before: { kind: 'nothing' },
      after: { kind: 'directory', mode: 0o755 },
    });
  }
  return [
    ...(change.kind === 'absent' ? [] : folders),
    { path: change.path, before: stateOf(change.path, root), after },
  ];
}

/** Keep what undoing will need. */
export function keepWhatWas(root: Root, entries: readonly Entry[]): void {
  for (const { path, before } of entries) {
    const content = before.kind === 'file' ? root.read(path) : undefined;
    if (before.kind === 'file' && content !== undefined) keepContent(root, before.hash, content);
  }
}

/** Take entries back, the last first. Answers with the paths that were left, as somebody changed them since. */
export function undo(root: Root, entries: readonly Entry[], force: boolean): readonly string[] {
  return [...entries].reverse().flatMap((entry) => {
    if (isLike(entry.path, entry.before, root)) return [];
    if (!force && entry.after.kind !== 'own' && !isLike(entry.path, entry.after, root)) return [entry.path];
    return restore(root, entry) ? [] : [entry.path];
  });
}

/** Whether it is as it was. A folder with something in it stays. */
function restore(root: Root, { path, before }: Entry): boolean {
  switch (before.kind) {
    case 'file':
      root.makeDirectory(dirname(path), { mode: 0o755 });
      root.write(path, keptContent(root, before.hash), before);
      return true;
    case 'link':
      root.makeDirectory(dirname(path), { mode: 0o755 });
      root.link(path, before.target);
      return true;
    case 'directory':
      root.makeDirectory(path, { mode: before.mode });
      return true;
    case 'nothing':
      if (root.entry(path)?.kind === 'directory' && root.list(path).length > 0) return false;
      root.remove(path);
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

/** What is at a path. Devices and the like count as nothing that could be put back: they make a Change fail. */
function stateOf(path: string, root: ReadableRoot): Entry['before'] {
  const entry = root.entry(path);
  if (entry === undefined) return { kind: 'nothing' };
  if (entry.kind === 'link') return { kind: 'link', target: root.linkTarget(path) ?? '' };
  if (entry.kind === 'directory') return { kind: 'directory', mode: entry.mode };
  const content = root.read(path);
  if (entry.kind !== 'file' || content === undefined)
    throw new Error(`${path} is a device, a socket or a FIFO: it stays, and so nothing can be put there`);
  return { kind: 'file', hash: fingerprint(content), mode: entry.mode, uid: entry.uid, gid: entry.gid };
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
    case 'file': {
      const content = entry?.kind === 'file' ? root.read(path) : undefined;
      return content !== undefined && fingerprint(content) === state.hash;
    }
    case 'own':
      return entry?.kind === 'file';
  }
}
