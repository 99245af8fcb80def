import { withoutSecrets } from '../metadata/keys.ts';
import { readKnownMetadata } from '../report/read-known-metadata.ts';
import type { Root } from '../system/root.ts';
import { sayFailure } from './error-text.ts';
import type { Io } from './io.ts';

/**
 * `lx-agent metadata get --last KEY`, or `list --last` if no key is given: what the last boot read. The exit status is
 * that of the command without --last: 1 if the key is not on record, 2 if there is no record.
 */
export function showLastMetadata(
  root: Root,
  key: string | undefined,
  json: boolean,
  io: Pick<Io, 'stdout' | 'stderr'>,
): number {
  const fail = (message: string, status: number) => sayFailure(message, status, json, io);
  let known: ReturnType<typeof readKnownMetadata>;
  try {
    known = readKnownMetadata(root);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), 2);
  }
  if (known === undefined) return fail('no metadata is on record: no boot has read any yet', 2);
  const { since, values } = known;
  const print = (text: string) => io.stdout.write(`${text}\n`);
  if (key === undefined) {
    print(json ? JSON.stringify({ since, values }, undefined, 2) : Object.keys(values).join('\n'));
    return 0;
  }
  const value = values[key];
  if (value === undefined)
    return fail(
      withoutSecrets.has(key)
        ? `the last boot found no metadata key ${JSON.stringify(key)}`
        : `the value of ${JSON.stringify(key)} is not kept, because it may be a secret`,
      1,
    );
  print(json ? JSON.stringify({ key, value, since }, undefined, 2) : value);
  return 0;
}
