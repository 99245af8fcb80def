import { cases, type NetworkCase } from '../../network/cases.ts';

/** The cases that need no DHCP server and no router on the wire, and that the distribution is to configure itself. */
export const staticCases: readonly NetworkCase[] = cases.filter(({ network }) =>
  network.interfaces.every(({ policy, dhcp, addrconf }) => policy === 'full' && !dhcp && !addrconf),
);
