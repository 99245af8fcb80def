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
  // The time comes last: all before it is the same where nothing has changed.
  const start = `${JSON.stringify({ version: 1, values: kept }, null, 1).slice(0, -2)},\n "since": `;
  if (root.readText(knownMetadataPath)?.startsWith(start) === true) return;
  root.write(knownMetadataPath, `${start}${JSON.stringify(read)}\n}\n`, { mode: 0o600, durable: false });
}
