import type { Root } from '../system/root.ts';
import { stateFolder } from '../system/state.ts';

/** The metadata as a boot last read it, without what may hold a secret: for when the service is away. */
export const knownMetadataPath = `${stateFolder}/metadata.json`;

/** A value above this, in characters, is not kept. */
const longest = 64 * 1024;

/** Keep what was read, where it is not what is kept already; `read` is when, as a timestamp. Throws RootError. */
export function keepKnownMetadata(
  root: Pick<Root, 'readText' | 'write'>,
  values: Readonly<Record<string, string>>,
  read: string,
): void {
  const kept = Object.fromEntries(Object.entries(values).filter(([, value]) => value.length <= longest));
  const text = (since: string) => `${JSON.stringify({ version: 1, since, values: kept }, null, 1)}\n`;
  const start = text('').indexOf('\n "values"');
  const there = root.readText(knownMetadataPath) ?? '';
  // The time before the values has the same length always.
  if (there.slice(start + read.length) === text('').slice(start)) return;
  root.write(knownMetadataPath, text(read), { mode: 0o600, durable: false });
}
