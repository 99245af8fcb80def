import * as v from 'valibot';
import type { Root } from '../../system/root.ts';
import { stateFolder } from '../../system/state.ts';
import type { ReadableRoot } from '../../system/system.ts';
import { keptContentIn } from '../kept-content.ts';
import { pathStateSchema } from '../path-state.ts';
import { readImageRecord } from '../read-image-record.ts';

/** What `image prepare` changed, and what was there before, so that `image unprepare` can undo it. */
export const preparationPath = `${stateFolder}/prepare.json`;
/** The content of files before and after. */
export const kept = keptContentIn(`${stateFolder}/prepare-backup`);

/** The names in the state folder that belong to this record. An uninstallation of the agent leaves them. */
export const preparationNames = ['prepare.json', 'prepare-backup'];

const schema = v.object({
  version: v.literal(1),
  agent: v.string(),
  /** The version that had prepared the image before there was a record. */
  unrecorded: v.optional(v.string()),
  /** In the order in which they were made. */
  entries: v.array(
    v.object({
      rule: v.string(),
      path: v.pipe(v.string(), v.startsWith('/')),
      before: pathStateSchema,
      after: pathStateSchema,
    }),
  ),
  /** How many things that an image must not hold each rule removed or emptied. No copy of them is kept. */
  cleaned: v.record(v.string(), v.number()),
});

export type PreparationRecord = v.InferOutput<typeof schema>;
export type PreparedEntry = PreparationRecord['entries'][number];

/** The record of earlier preparations; undefined if there is none. Throws if it is not ours. */
export function readPreparation(root: Pick<ReadableRoot, 'readText'>): PreparationRecord | undefined {
  return readImageRecord(root, preparationPath, schema);
}

export function writePreparation(root: Root, record: PreparationRecord): void {
  root.makeDirectory(stateFolder, { mode: 0o755 });
  root.write(preparationPath, `${JSON.stringify(record, null, 1)}\n`, { mode: 0o600 });
}

/** Delete the record of the preparation and all content that was kept for it. */
export function dropPreparation(root: Root): void {
  root.remove(kept.folder, true);
  root.remove(preparationPath);
}
