import type { InvalidKey } from '../metadata/complaints.ts';
import { decodeInstance } from '../metadata/decode.ts';
import { keys } from '../metadata/keys.ts';
import { suggestion } from '../suggestion.ts';

/** What the agent would make of metadata that somebody wrote into a file. */
export interface MetadataFileCheck {
  /** Keys that the agent reads. */
  readonly known: readonly string[];
  /** The customer's own keys, which the agent leaves to scripts. */
  readonly others: readonly string[];
  readonly faults: readonly InvalidKey[];
  /** Keys that look like one that the agent reads. */
  readonly notes: readonly string[];
}

/**
 * Check the text of a JSON object from metadata key to value. A value that is no string stands for its JSON text, as
 * the platform gives it. Throws an Error where the text is no such object.
 */
export function checkMetadataFile(text: string): MetadataFileCheck {
  const entries = Object.entries(parseObject(text));
  const answers = new Map(
    entries.map(([key, value]) => [
      key,
      {
        status: 'found' as const,
        value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
      },
    ]),
  );
  const isKnown = (key: string) => Object.hasOwn(keys, key) || key.startsWith('sdc:tags.');
  const others = entries.map(([key]) => key).filter((key) => !isKnown(key));
  const mistyped = others.flatMap((key) => {
    const meant = suggestion(key, Object.keys(keys));
    return meant === undefined ? [] : [`the agent does not read the key ${key}; did you mean ${meant}?`];
  });
  return {
    known: entries.map(([key]) => key).filter(isKnown),
    others,
    faults: decodeInstance(answers).invalid,
    notes: mistyped,
  };
}

function parseObject(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`not JSON: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('no JSON object from key to value');
  return value;
}
