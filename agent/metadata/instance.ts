import type { InvalidKey } from './complaints.ts';
import type { Fields } from './keys.ts';
import type { Domain } from './values.ts';

/**
 * This instance according to its metadata. Every value is decoded and validated once. Most fields come from the table
 * of keys (keys.ts). `undefined` means that the value is absent or cannot be used. If it cannot be used, `invalid`
 * names the key.
 */
export interface Instance extends Fields {
  /** The first of `searchDomains`: the domain of the machine's own name. */
  readonly dnsDomain: Domain | undefined;
  readonly invalid: readonly InvalidKey[];
}
