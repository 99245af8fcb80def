import type { Instance } from './instance.ts';
import type { Domain } from './values.ts';

/**
 * The domains in which short names are looked up. `local`, the platform's default, is none: RFC 6762 keeps it for
 * multicast DNS, and asking a name server for every short name with `.local` behind it delays each one for nothing.
 */
export function searchList({ searchDomains }: Pick<Instance, 'searchDomains'>): readonly Domain[] {
  return searchDomains.filter((domain) => domain.toLowerCase() !== 'local');
}
