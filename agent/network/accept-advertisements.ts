import type { Interface } from './model.ts';

/**
 * Shell commands that make the kernel accept or ignore router advertisements on an interface, for formats that have no
 * option for it. They do not fail on a kernel without IPv6, which has no such switch.
 */
export function acceptAdvertisements({ name, addrconf, addrconfDefault }: Interface): string[] {
  const set = (key: string, value: boolean) =>
    `echo ${value ? 1 : 0} 2>/dev/null >/proc/sys/net/ipv6/conf/${name}/${key} || :`;
  return [
    set('accept_ra', addrconf),
    ...(addrconf && !addrconfDefault ? [set('accept_ra_defrtr', false)] : []),
  ];
}
