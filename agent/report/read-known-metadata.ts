import * as v from 'valibot';
import type { Root } from '../system/root.ts';
import { knownMetadataPath } from './known-metadata.ts';

const schema = v.object({
  version: v.literal(1),
  since: v.string(),
  values: v.record(v.string(), v.string()),
});

/** Metadata that the last boot read, and since when it is so. */
export type KnownMetadata = v.InferOutput<typeof schema>;

/** What is kept of the metadata; undefined when no boot kept any. Throws RootError, or when it cannot be read as such. */
export function readKnownMetadata(root: Pick<Root, 'readText'>): KnownMetadata | undefined {
  const text = root.readText(knownMetadataPath);
  if (text === undefined) return undefined;
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (error) {
    throw new Error(`${knownMetadataPath} is no record of this program; the next boot writes a new one`, {
      cause: error,
    });
  }
}
