import { dirname } from 'node:path/posix';
import * as v from 'valibot';
import type { ReadableRoot } from '../system/system.ts';

/** The SHA-256 of a file's content. */
export const hashSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
export const nothingSchema = v.object({ kind: v.literal('nothing') });
export const linkSchema = v.object({ kind: v.literal('link'), target: v.string() });
export const directorySchema = v.object({ kind: v.literal('directory'), mode: v.number() });

/** What is, or was, at a path, in the form of an image's records. */
export const pathStateSchema = v.variant('kind', [
  nothingSchema,
  linkSchema,
  directorySchema,
  v.object({
    kind: v.literal('file'),
    hash: hashSchema,
    mode: v.number(),
    uid: v.number(),
    gid: v.number(),
  }),
]);
export type PathState = v.InferOutput<typeof pathStateSchema>;

/** What is at a path; undefined for a device, a socket or a FIFO, which could not be put back. */
export function stateOf(path: string, root: ReadableRoot): PathState | undefined {
  const entry = root.entry(path);
  if (entry === undefined) return { kind: 'nothing' };
  if (entry.kind === 'link') return { kind: 'link', target: root.linkTarget(path) ?? '' };
  if (entry.kind === 'directory') return { kind: 'directory', mode: entry.mode };
  const hash = root.digest(path);
  return hash === undefined
    ? undefined
    : { kind: 'file', hash, mode: entry.mode, uid: entry.uid, gid: entry.gid };
}

/** The missing parent folders of a path, the outermost first. */
export function missingFolders(path: string, root: ReadableRoot): readonly string[] {
  const folder = dirname(path);
  if (folder === '/' || root.entry(`${folder}/.`) !== undefined) return [];
  return [...missingFolders(folder, root), folder];
}

/** Whether two states are the same. Owners are not compared, because a builder need not be root. */
export function isSame(one: PathState | undefined, other: PathState): boolean {
  if (one?.kind !== other.kind) return false;
  switch (other.kind) {
    case 'nothing':
      return true;
    case 'link':
      return one.kind === 'link' && one.target === other.target;
    case 'directory':
      return one.kind === 'directory' && one.mode === other.mode;
    case 'file':
      return one.kind === 'file' && one.hash === other.hash && one.mode === other.mode;
  }
}
