import * as v from 'valibot';
import type { Attributes } from '../system/atomic-write.ts';
import type { Root } from '../system/root.ts';
import { stateFolder } from '../system/state.ts';
import { keptContentIn } from './kept-content.ts';
import { directorySchema, hashSchema, linkSchema, nothingSchema, pathStateSchema } from './path-state.ts';
import { readImageRecord } from './read-image-record.ts';

/** What was done to an image, and what was there before, so that it can be undone. */
export const recordPath = `${stateFolder}/image.json`;
/** The content of replaced and removed files, and of what replaced them. */
export const kept = keptContentIn(`${stateFolder}/image-backup`);

/** `own`: a file under the agent's own name, ours whatever its content. */
const madeSchema = v.variant('kind', [
  nothingSchema,
  linkSchema,
  directorySchema,
  v.object({ kind: v.literal('file'), hash: hashSchema }),
  v.object({ kind: v.literal('own') }),
]);

const recordSchema = v.object({
  version: v.literal(1),
  agent: v.string(),
  /** The init system that it was installed for. Older agents did not record it. */
  init: v.optional(v.string()),
  /** In the order in which they were made. */
  entries: v.array(
    v.object({
      path: v.pipe(v.string(), v.startsWith('/')),
      before: pathStateSchema,
      after: madeSchema,
      /** During an installation: what an earlier one made of the path. It may still be there. */
      former: v.optional(madeSchema),
    }),
  ),
});

export type InstallRecord = v.InferOutput<typeof recordSchema>;
export type Entry = InstallRecord['entries'][number];

/** The record of an earlier installation; undefined if there is none. Throws if it is not ours. */
export function readRecord(root: Pick<Root, 'readText'>): InstallRecord | undefined {
  return readImageRecord(root, recordPath, recordSchema);
}

export function writeRecord(root: Root, record: InstallRecord): void {
  const text = `${JSON.stringify(record, null, 1)}\n`;
  if (root.readText(recordPath) === text) return;
  root.makeDirectory(stateFolder, { mode: 0o755 });
  root.write(recordPath, text, { mode: 0o600 });
}

/** Remove kept content that is not needed to undo this record. */
export function dropUnneeded(root: Root, { entries }: InstallRecord): void {
  const needed = new Set(
    entries.flatMap(({ before, after }) =>
      before.kind === 'file' ? [before.hash, ...(after.kind === 'file' ? [after.hash] : [])] : [],
    ),
  );
  const hashes = root.list(kept.folder);
  for (const hash of hashes) if (!needed.has(hash)) root.remove(kept.at(hash));
  if (hashes.length > 0 && root.list(kept.folder).length === 0) root.remove(kept.folder);
}

/** Put a kept file back. Throws if its backup is gone. */
export function putBack(root: Root, contentHash: string, path: string, attributes: Attributes): void {
  const backup = kept.at(contentHash);
  if (root.entry(backup)?.kind !== 'file') throw new Error(`the backup ${backup} is gone`);
  root.copy(root.outside(backup), path, attributes);
}

/** The content of a kept file. Throws if its backup is gone. */
export function keptContent(root: Pick<Root, 'read'>, contentHash: string): Buffer {
  const content = root.read(kept.at(contentHash));
  if (content === undefined) throw new Error(`the backup ${kept.at(contentHash)} is gone`);
  return content;
}

/** Delete the record of the installation and its backups. */
export function dropRecord(root: Root): void {
  root.remove(kept.folder, true);
  root.remove(recordPath);
}
