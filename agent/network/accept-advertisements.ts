import type { Interface } from './model.ts';

/**
 * Shell that has the kernel heed router advertisements on an interface, or not: for formats that have no word for it.
 * It does not fail where a kernel without IPv6 has no such switch.
 */
export function acceptAdvertisements({ name, addrconf }: Pick<Interface, 'name' | 'addrconf'>): string {
  return `echo ${addrconf ? 1 : 0} 2>/dev/null >/proc/sys/net/ipv6/conf/${name}/accept_ra || :`;
}
