import type { Interface } from './model.ts';

/**
 * Shell commands that have the kernel heed router advertisements on an interface, or not: for formats that have no word
 * for it. They do not fail where a kernel without IPv6 has no such switch.
 */
export function acceptAdvertisements({ name, addrconf, addrconfDefault }: Interface): string[] {
  const set = (key: string, value: boolean) =>
    `echo ${value ? 1 : 0} 2>/dev/null >/proc/sys/net/ipv6/conf/${name}/${key} || :`;
  return [
    set('accept_ra', addrconf),
    ...(addrconf && !addrconfDefault ? [set('accept_ra_defrtr', false)] : []),
  ];
}
