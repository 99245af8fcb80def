import * as v from 'valibot';
import type { Root } from '../../system/root.ts';
import { stateFolder } from '../../system/state.ts';
import type { ReadableRoot } from '../../system/system.ts';

/** What `image prepare` changed, and what was there before, so that `image unprepare` can take it back. */
export const preparationPath = `${stateFolder}/prepare.json`;
/** The content of files before and after, each under the SHA-256 of it. */
const contentFolder = `${stateFolder}/prepare-backup`;

/** What of the state folder is this record's: an uninstallation of the agent leaves it. */
export const preparationNames = ['prepare.json', 'prepare-backup'];

const state = v.variant('kind', [
  v.object({ kind: v.literal('nothing') }),
  v.object({ kind: v.literal('link'), target: v.string() }),
  v.object({ kind: v.literal('directory'), mode: v.number() }),
  v.object({
    kind: v.literal('file'),
    hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    mode: v.number(),
    uid: v.number(),
    gid: v.number(),
  }),
]);

const schema = v.object({
  version: v.literal(1),
  agent: v.string(),
  /** The version that had prepared the image before there was a record. */
  unrecorded: v.optional(v.string()),
  /** In the order in which they were made. */
  entries: v.array(
    v.object({ rule: v.string(), path: v.pipe(v.string(), v.startsWith('/')), before: state, after: state }),
  ),
  /** How much each rule removed or emptied of what an image must not hold: no copy of it is kept. */
  cleaned: v.record(v.string(), v.number()),
});

export type PreparationRecord = v.InferOutput<typeof schema>;
export type PreparedEntry = PreparationRecord['entries'][number];
/** What is, or was, at a path. */
export type PathState = v.InferOutput<typeof state>;

/** The record of earlier preparations; undefined when there is none. Throws on one that is not ours. */
export function readPreparation(root: Pick<ReadableRoot, 'readText'>): PreparationRecord | undefined {
  const text = root.readText(preparationPath);
  if (text === undefined) return undefined;
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (error) {
    throw new Error(`${preparationPath} is not a record of this program; move it away to start afresh`, {
      cause: error,
    });
  }
}

export function writePreparation(root: Root, record: PreparationRecord): void {
  root.makeDirectory(stateFolder, { mode: 0o755 });
  root.write(preparationPath, `${JSON.stringify(record, null, 1)}\n`, { mode: 0o600 });
}

/** Forget the preparation, with all that was kept for it. */
export function dropPreparation(root: Root): void {
  root.remove(contentFolder, true);
  root.remove(preparationPath);
}

/** Keep the content of a file, that of one in the root or one that is about to be written. */
export function keep(root: Root, hash: string, from: { readonly path: string } | Buffer): void {
  const kept = keptAt(hash);
  if (root.entry(kept) !== undefined) return;
  root.makeDirectory(contentFolder, { mode: 0o700 });
  if (Buffer.isBuffer(from)) root.write(kept, from, { mode: 0o600 });
  else root.copy(root.outside(from.path), kept, { mode: 0o600 });
}

/** Where content is kept; the file may be gone. */
export function keptAt(hash: string): string {
  return `${contentFolder}/${hash}`;
}
