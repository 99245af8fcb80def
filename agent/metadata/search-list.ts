import type { Instance } from './instance.ts';
import type { Domain } from './values.ts';

/**
 * The search domains for short names. `local`, the platform's default, is left out: RFC 6762 reserves it for multicast
 * DNS, so a query to a name server for a short name with `.local` only delays the lookup.
 */
export function searchList({ searchDomains }: Pick<Instance, 'searchDomains'>): readonly Domain[] {
  return searchDomains.filter((domain) => domain.toLowerCase() !== 'local');
}
