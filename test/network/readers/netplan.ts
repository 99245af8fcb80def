import * as v from 'valibot';
import { parse } from 'yaml';
import type { RenderedFile } from '../../../agent/network/renderer.ts';
import type { ReadBack } from './read-back.ts';
import { address, cidr, withGateways } from './values.ts';

const route = v.strictObject({
  to: v.string(),
  via: v.optional(v.string()),
  'on-link': v.optional(v.literal(true)),
  scope: v.optional(v.literal('link')),
});
const ethernet = v.strictObject({
  renderer: v.optional(v.literal('networkd')),
  critical: v.optional(v.literal(true)),
  optional: v.optional(v.literal(true)),
  'link-local': v.array(v.literal('ipv6')),
  dhcp4: v.boolean(),
  'dhcp4-overrides': v.optional(v.strictObject({ 'use-routes': v.literal(false) })),
  'accept-ra': v.boolean(),
  mtu: v.optional(v.number()),
  addresses: v.optional(v.array(v.string())),
  routes: v.optional(v.array(route)),
});
const file = v.strictObject({
  network: v.strictObject({
    version: v.literal(2),
    ethernets: v.optional(v.record(v.string(), ethernet)),
  }),
});

/** A strict reader of netplan's files: what it does not know is an error. An interface that is kept gives its name. */
export function readNetplan(files: readonly RenderedFile[]): (ReadBack | string)[] {
  const content = files.find(({ path }) => path === '/etc/netplan/90-lx-agent.yaml')?.content ?? '';
  const dropIn = (name: string) =>
    files.find(({ path }) => path === `/etc/systemd/network/10-netplan-${name}.network.d/lx-agent.conf`);
  const { ethernets = {} } = v.parse(file, parse(content)).network;
  return Object.entries(ethernets).map(([name, one]) => {
    if (one.critical) return name;
    return withGateways(
      {
        name,
        mtu: one.mtu,
        addresses: (one.addresses ?? []).map(cidr),
        dhcp: one.dhcp4,
        addrconf: one['accept-ra'],
        dhcpDefault: one.dhcp4 && one['dhcp4-overrides'] === undefined,
        addrconfDefault:
          one['accept-ra'] && dropIn(name)?.content.includes('[IPv6AcceptRA]\nUseGateway=no\n') !== true,
      },
      (one.routes ?? []).map(({ to, via, scope, 'on-link': onLink = false }) => {
        if ((via === undefined) !== (scope === 'link')) throw new Error(`${to}: a next hop, or on the link`);
        return { destination: cidr(to), gateway: via === undefined ? undefined : address(via), onLink };
      }),
    );
  });
}
