import type { InvalidKey } from './complaints.ts';
import type { Fields } from './keys.ts';
import type { Domain } from './values.ts';

/**
 * What this instance is, by its metadata: every value decoded and validated once. Most fields come from the table of
 * keys (keys.ts). `undefined` means that the metadata does not have the value, or had it in a form that could not be used:
 * then `invalid` names the key.
 */
export interface Instance extends Fields {
  /** The first of `searchDomains`: the domain of the machine's own name. */
  readonly dnsDomain: Domain | undefined;
  readonly invalid: readonly InvalidKey[];
}
