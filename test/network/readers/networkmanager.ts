import type { IpAddress } from '../../../agent/metadata/values.ts';
import type { Route } from '../../../agent/network/model.ts';
import { isIpv6 } from '../../support/ip-addresses.ts';
import { only, sectionsOf } from './networkd.ts';
import type { ReadBack } from './read-back.ts';
import { address, cidr, number, withGateways } from './values.ts';

const numbered = Array.from({ length: 64 }, (_, index) => index + 1);
const familyKeys = [
  'method',
  'gateway',
  'never-default',
  'ignore-auto-routes',
  ...numbered.flatMap((index) => [`address${index}`, `route${index}`]),
];

/** A strict reader of the profiles that the agent writes: what it does not know is an error. */
export function readKeyfile(content: string): ReadBack {
  const sections = sectionsOf(content);
  const values = (name: string, known: readonly string[]) =>
    only(sections.find((section) => section.name === name)?.entries ?? [], known);
  const connection = values('connection', ['id', 'type', 'interface-name']);
  const mtu = values('ethernet', ['mtu']).get('mtu')?.[0];
  const [v4, v6] = [family(values('ipv4', familyKeys), false), family(values('ipv6', familyKeys), true)];
  return withGateways(
    {
      name: connection.get('interface-name')?.[0] ?? '',
      mtu: mtu === undefined ? undefined : number(mtu),
      addresses: [...v4.addresses, ...v6.addresses],
      dhcp: v4.method === 'auto',
      addrconf: v6.method === 'auto',
      dhcpDefault: v4.automaticDefault,
      addrconfDefault: v6.automaticDefault,
    },
    [...v4.routes, ...v6.routes],
    [...v4.gateways, ...v6.gateways],
    false,
  );
}

/** The interfaces that NetworkManager.conf tells it to leave alone. */
export function readUnmanaged(content: string): string[] {
  const [keyfile] = sectionsOf(content);
  const list = only(keyfile?.entries ?? [], ['unmanaged-devices+']).get('unmanaged-devices+')?.[0] ?? '';
  return list.split(';').map((one) => /^interface-name:(\w+)$/.exec(one)?.[1] ?? `not understood: ${one}`);
}

function family(values: ReadonlyMap<string, readonly string[]>, v6: boolean) {
  const method = values.get('method')?.[0] ?? '';
  if (!['auto', 'manual', 'disabled', ...(v6 ? ['link-local'] : [])].includes(method))
    throw new Error(`method ${method}`);
  const one = (key: string) => values.get(key)?.[0];
  const addresses = numbered.flatMap((index) => one(`address${index}`) ?? []).map(cidr);
  const gateways: IpAddress[] = [...(values.get('gateway') ?? [])].map(address);
  if ((method === 'manual') !== addresses.length > 0 && method !== 'auto')
    throw new Error(`${method} with ${addresses.length} addresses`);
  if (gateways.length > 0 && addresses.length === 0) throw new Error('a gateway and no address');
  const routes = numbered.flatMap((index): Route[] => {
    const [destination, gateway, ...rest] = one(`route${index}`)?.split(',') ?? [];
    if (destination === undefined) return [];
    if (rest.length > 0 || isIpv6(destination) !== v6) throw new Error(`route ${destination},${gateway}`);
    return [
      {
        destination: cidr(destination),
        gateway: gateway === undefined ? undefined : address(gateway),
        onLink: false,
      },
    ];
  });
  const never = one('never-default') === 'true';
  if (never && gateways.length > 0) throw new Error('a gateway that is never the default');
  const automaticDefault = method === 'auto' && !never && one('ignore-auto-routes') !== 'true';
  return { method, addresses, gateways, routes, automaticDefault };
}
