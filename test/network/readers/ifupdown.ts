import ipaddr from 'ipaddr.js';
import type { Cidr, IpAddress } from '../../../agent/metadata/values.ts';
import type { Route } from '../../../agent/network/model.ts';
import { isIpv6 } from '../../support/ip-addresses.ts';
import type { ReadBack } from './read-back.ts';
import { address, cidr, number, withGateways } from './values.ts';

interface Reading {
  readonly name: string;
  mtu: number | undefined;
  addrconf: boolean | undefined;
  plain: string | undefined;
  readonly commands: string[];
  readonly methods: string[];
  readonly addresses: Cidr[];
  readonly gateways: IpAddress[];
  readonly routes: Route[];
}

/** A strict reader of the agent's interfaces(5) file. An interface that is left alone gives its name. */
export function readInterfaces(content: string): (ReadBack | string)[] {
  const alone: string[] = [];
  const readings = new Map<string, Reading>();
  let current: Reading | undefined;
  for (const line of content.split('\n')) {
    const [word = '', ...rest] = line.trim().split(' ');
    if (line === '' || line.startsWith('# ')) continue;
    if (line === '    address-purge no' && current === undefined && alone.length > 0) continue;
    if (line.startsWith('    ') && current !== undefined) option(current, word, rest);
    else if (word === 'auto' && rest.length === 1 && rest[0] !== undefined && !readings.has(rest[0]))
      readings.set(rest[0], {
        name: rest[0],
        mtu: undefined,
        addrconf: undefined,
        plain: undefined,
        commands: [],
        methods: [],
        addresses: [],
        gateways: [],
        routes: [],
      });
    else if (word === 'iface' && rest.length === 3) {
      current = readings.get(rest[0] ?? '');
      current?.methods.push(`${rest[1]} ${rest[2]}`);
      if (current === undefined && rest[0] !== undefined && line.endsWith(' inet manual'))
        alone.push(rest[0]);
      else if (current === undefined) throw new Error(`not auto: ${line}`);
    } else throw new Error(`not understood: ${line}`);
  }
  return [...[...readings.values()].map(checked), ...alone];
}

function checked({ methods, routes, gateways, commands, plain, addrconf, ...one }: Reading): ReadBack {
  for (const method of methods)
    if (!/^(inet (static|dhcp|manual)|inet6 (static|manual))$/.test(method)) throw new Error(method);
  if (plain !== undefined) throw new Error(`no netmask for ${plain}`);
  if (addrconf === undefined) throw new Error(`nothing says whether ${one.name} heeds advertisements`);
  const isManual = methods.every((method) => method.endsWith(' manual'));
  if (isManual !== commands.includes(`ip link set dev ${one.name} up`))
    throw new Error(`${one.name} is brought up twice, or not at all`);
  const withOption = methods.some((method) => method.endsWith(' static'));
  if (one.mtu !== undefined && withOption === commands.includes(`ip link set dev ${one.name} mtu ${one.mtu}`))
    throw new Error(`the MTU of ${one.name} is set twice, or not at all`);
  const dhcp = methods.includes('inet dhcp');
  return withGateways(
    {
      ...one,
      dhcp,
      addrconf,
      dhcpDefault: dhcp && !commands.includes('no default by DHCP'),
      addrconfDefault: addrconf && !commands.includes('no default by RA'),
    },
    routes,
    gateways,
  );
}

function option(one: Reading, word: string, rest: readonly string[]): void {
  const text = rest.join(' ');
  const mtu = new RegExp(`^ip link set dev ${one.name} mtu (\\d+)$`).exec(text)?.[1];
  const accepted = new RegExp(
    `^echo ([01]) 2>/dev/null >/proc/sys/net/ipv6/conf/${one.name}/accept_ra \\|\\| :$`,
  ).exec(text)?.[1];
  const noDefault = `echo 0 2>/dev/null >/proc/sys/net/ipv6/conf/${one.name}/accept_ra_defrtr || :`;
  const route = new RegExp(`^ip (-6 )?route replace (\\S+)(?: via (\\S+))? dev ${one.name}( onlink)?$`).exec(
    text,
  );
  const isStatic = / static$/.test(one.methods.at(-1) ?? '');
  if (word === 'address' && rest.length === 1 && isStatic && one.plain === undefined)
    one.plain = address(rest[0]);
  else if (word === 'netmask' && rest.length === 1 && one.plain !== undefined) {
    const length = isIpv6(one.plain)
      ? number(rest[0])
      : ipaddr.IPv4.parse(rest[0] ?? '').prefixLengthFromSubnetMask();
    one.addresses.push(cidr(`${one.plain}/${length}`));
    one.plain = undefined;
  } else if (word === 'gateway' && rest.length === 1 && isStatic) one.gateways.push(address(rest[0]));
  else if (word === 'mtu' && rest.length === 1 && one.mtu === undefined) one.mtu = number(rest[0]);
  else if (word === 'pre-up' && mtu !== undefined && number(mtu) === one.mtu) one.commands.push(text);
  else if (word === 'pre-up' && accepted !== undefined && one.addrconf === undefined)
    one.addrconf = accepted === '1';
  else if (word === 'pre-up' && text === noDefault && one.addrconf) one.commands.push('no default by RA');
  else if (word === 'metric' && text === '9999' && / dhcp$/.test(one.methods.at(-1) ?? ''))
    one.commands.push('no default by DHCP');
  else if (word === 'up' && text === `ip route del default dev ${one.name} 2>/dev/null || :`)
    one.commands.push('without default');
  else if (word === 'up' && text === `ip link set dev ${one.name} up`) one.commands.push(text);
  else if (word === 'up' && route !== null) {
    const [, six, destination = '', gateway, onLink] = route;
    if ((six !== undefined) !== isIpv6(destination)) throw new Error(`another family: ${text}`);
    one.routes.push({
      destination: cidr(destination),
      gateway: gateway === undefined ? undefined : address(gateway),
      onLink: onLink !== undefined,
    });
  } else throw new Error(`not understood: ${word} ${text}`);
}
