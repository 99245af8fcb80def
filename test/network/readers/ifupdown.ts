import type { Cidr, IpAddress } from '../../../agent/metadata/values.ts';
import { isIpv6 } from '../../../agent/metadata/values.ts';
import type { Route } from '../../../agent/network/model.ts';
import type { ReadBack } from './read-back.ts';
import { address, cidr, number, withGateways } from './values.ts';

interface Reading {
  readonly name: string;
  mtu: number | undefined;
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
    if (line.startsWith('    ') && current !== undefined) option(current, word, rest);
    else if (word === 'auto' && rest.length === 1 && rest[0] !== undefined && !readings.has(rest[0]))
      readings.set(rest[0], {
        name: rest[0],
        mtu: undefined,
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
  const configured = [...readings.values()].map(({ methods, routes, gateways, ...one }) => {
    for (const method of methods)
      if (!/^(inet (static|dhcp|manual)|inet6 (static|auto))$/.test(method)) throw new Error(method);
    return withGateways(
      { ...one, dhcp: methods.includes('inet dhcp'), addrconf: methods.includes('inet6 auto') },
      routes,
      gateways,
    );
  });
  return [...configured, ...alone];
}

function option(one: Reading, word: string, rest: readonly string[]): void {
  const text = rest.join(' ');
  const mtu = new RegExp(`^ip link set dev ${one.name} mtu (\\d+)$`).exec(text)?.[1];
  const route = new RegExp(`^ip (-6 )?route replace (\\S+)(?: via (\\S+))? dev ${one.name}( onlink)?$`).exec(
    text,
  );
  if (word === 'address' && rest.length === 1) one.addresses.push(cidr(rest[0]));
  else if (word === 'gateway' && rest.length === 1 && / static$/.test(one.methods.at(-1) ?? ''))
    one.gateways.push(address(rest[0]));
  else if (word === 'pre-up' && mtu !== undefined) one.mtu = number(mtu);
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
