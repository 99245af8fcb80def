import { existsSync } from 'node:fs';
import { getKeys, listKeys, MetadataRefused, MetadataUnavailable } from '../metadata/client.ts';
import { keys, withoutSecrets } from '../metadata/keys.ts';
import type { Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';

/** What the metadata holds: values that may be shown, and those that may not. */
export interface MetadataFacts {
  /** Key to value, or to its length where it may hold a secret. */
  readonly shown: Readonly<Record<string, string | { readonly bytes: number }>>;
  readonly secrets: readonly string[];
  /** Why the metadata could not be read. */
  readonly fault?: string;
}

/** Secrets that are in no list of keys: the platform makes them. Source: the data dictionary. */
const passwords = ['root_pw', 'admin_pw'];

/** A value as short as `web` would be masked in half the words of the archive, and is no secret. In bytes. */
function shortest(key: string): number {
  return /pw|pass|secret|token|key|cred/i.test(key) ? 4 : 8;
}

/** All of the metadata that can be read by the deadline, in seconds. */
export async function readMetadataFacts(socketPath: string, deadline: number): Promise<MetadataFacts> {
  // No use in waiting for it, as a boot does.
  if (!existsSync(socketPath))
    return { shown: {}, secrets: [], fault: `no metadata: there is no socket ${socketPath}` };
  try {
    const theirs = await listKeys({ socketPath, deadline });
    const wanted = [...new Set([...Object.keys(keys), ...passwords, ...theirs])];
    const { answers } = await getKeys(wanted, { socketPath, deadline });
    const found = [...answers].flatMap(([key, answer]) =>
      answer.status === 'found' ? [{ key, value: answer.value }] : [],
    );
    return {
      shown: Object.fromEntries(
        found.map(({ key, value }) => [
          key,
          withoutSecrets.has(key) ? value.toString() : { bytes: value.length },
        ]),
      ),
      secrets: found
        .filter(({ key, value }) => !withoutSecrets.has(key) && value.length >= shortest(key))
        .map(({ value }) => value.toString()),
    };
  } catch (error) {
    if (!(error instanceof MetadataUnavailable || error instanceof MetadataRefused)) throw error;
    return { shown: {}, secrets: [], fault: error.message };
  }
}

/** What earlier metadata left on disk: the same secrets, when the server does not answer. */
export function secretsOnDisk(root: Pick<Root, 'readText'>): string[] {
  const paths = ['/var/db/mdata-user-data', '/var/svc/mdata-user-script', '/var/svc/mdata-operator-script'];
  return paths.flatMap((path) => {
    try {
      return root.readText(path, 64 * 1024 * 1024) ?? [];
    } catch (error) {
      // Whoever may not read a secret cannot put it into the archive either.
      if (error instanceof RootError && error.code === 'EACCES') return [];
      throw error;
    }
  });
}
