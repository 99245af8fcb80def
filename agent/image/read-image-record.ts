import * as v from 'valibot';
import type { ReadableRoot } from '../system/system.ts';

/** A record of what was done to an image; undefined if there is none. Throws if it is not ours. */
export function readImageRecord<Schema extends v.GenericSchema>(
  root: Pick<ReadableRoot, 'readText'>,
  path: string,
  schema: Schema,
): v.InferOutput<Schema> | undefined {
  const text = root.readText(path);
  if (text === undefined) return undefined;
  try {
    return v.parse(schema, JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is not a record of this program; move it away to start over`, {
      cause: error,
    });
  }
}
