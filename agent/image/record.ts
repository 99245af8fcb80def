import * as v from 'valibot';
import type { Attributes } from '../system/atomic-write.ts';
import type { Root } from '../system/root.ts';
import { stateFolder } from '../system/state.ts';

/** What was done to an image, and what was there before, so that it can be undone. */
export const recordPath = `${stateFolder}/image.json`;
/** The content of replaced and removed files, each under the SHA-256 of it. */
const backupFolder = `${stateFolder}/image-backup`;

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const nothing = v.object({ kind: v.literal('nothing') });
const link = v.object({ kind: v.literal('link'), target: v.string() });
const directory = v.object({ kind: v.literal('directory'), mode: v.number() });
const file = v.object({
  kind: v.literal('file'),
  hash,
  mode: v.number(),
  uid: v.number(),
  gid: v.number(),
});

const recordSchema = v.object({
  version: v.literal(1),
  agent: v.string(),
  /** The init system that it was installed for; older agents did not say. */
  init: v.optional(v.string()),
  /** In the order in which they were made. */
  entries: v.array(
    v.object({
      path: v.pipe(v.string(), v.startsWith('/')),
      before: v.variant('kind', [nothing, link, directory, file]),
      /** `own`: a file under the agent's own name, ours whatever its content. */
      after: v.variant('kind', [
        nothing,
        link,
        directory,
        v.object({ kind: v.literal('file'), hash }),
        v.object({ kind: v.literal('own') }),
      ]),
    }),
  ),
});

export type InstallRecord = v.InferOutput<typeof recordSchema>;
export type Entry = InstallRecord['entries'][number];

/** The record of an earlier installation; undefined when there is none. Throws on one that is not ours. */
export function readRecord(root: Pick<Root, 'readText'>): InstallRecord | undefined {
  const text = root.readText(recordPath);
  if (text === undefined) return undefined;
  try {
    return v.parse(recordSchema, JSON.parse(text));
  } catch (error) {
    throw new Error(`${recordPath} is not a record of this program; move it away to start afresh`, {
      cause: error,
    });
  }
}

export function writeRecord(root: Root, record: InstallRecord): void {
  const text = `${JSON.stringify(record, null, 1)}\n`;
  if (root.readText(recordPath) === text) return;
  root.makeDirectory(stateFolder, { mode: 0o755 });
  root.write(recordPath, text, { mode: 0o600 });
}

/** Keep a file that is about to be replaced or removed, whatever its size. */
export function keepFile(root: Root, contentHash: string, path: string): void {
  const kept = keptPath(contentHash);
  if (root.entry(kept) !== undefined) return;
  root.makeDirectory(backupFolder, { mode: 0o700 });
  root.copy(root.outside(path), kept, { mode: 0o600 });
}

/** Remove what was kept for a record before and is not needed to undo this one. */
export function dropUnneeded(root: Root, { entries }: InstallRecord): void {
  const needed = new Set(
    entries.flatMap(({ before, after }) =>
      before.kind === 'file' ? [before.hash, ...(after.kind === 'file' ? [after.hash] : [])] : [],
    ),
  );
  const kept = root.list(backupFolder);
  for (const name of kept) if (!needed.has(name)) root.remove(`${backupFolder}/${name}`);
  if (kept.length > 0 && root.list(backupFolder).length === 0) root.remove(backupFolder);
}

/** Keep the content that is put in the place of a file. */
export function keepContent(root: Root, contentHash: string, content: Buffer): void {
  const path = keptPath(contentHash);
  if (root.entry(path) !== undefined) return;
  root.makeDirectory(backupFolder, { mode: 0o700 });
  root.write(path, content, { mode: 0o600 });
}

export function keptPath(contentHash: string): string {
  return `${backupFolder}/${contentHash}`;
}

/** Put a file back as it was kept. Throws when the backup is not there any more. */
export function putBack(root: Root, contentHash: string, path: string, attributes: Attributes): void {
  const kept = keptPath(contentHash);
  if (root.entry(kept)?.kind !== 'file') throw new Error(`the backup ${kept} is gone`);
  root.copy(root.outside(kept), path, attributes);
}

/** Throws when the backup is not there any more. */
export function keptContent(root: Pick<Root, 'read'>, contentHash: string): Buffer {
  const content = root.read(keptPath(contentHash));
  if (content === undefined) throw new Error(`the backup ${keptPath(contentHash)} is gone`);
  return content;
}

/** Forget the installation, with its backups. */
export function dropRecord(root: Root): void {
  root.remove(backupFolder, true);
  root.remove(recordPath);
}
