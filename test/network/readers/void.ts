import type { Route } from '../../../agent/network/model.ts';
import type { ReadBack } from './read-back.ts';
import { address, cidr, number, withGateways } from './values.ts';

/** A strict reader of Void's fragment: each command must be one that it knows, of the interface in question. */
export function readFragment(content: string): (ReadBack | string)[] {
  const [, ...parts] = content.replace(/\n$/, '').split('\n\n');
  return parts.map((part) => {
    const [heading = '', ...commands] = part.split('\n');
    const [, name = '', alone] = /^# (eth\d+)(: the platform configures it\.)?$/.exec(heading) ?? [];
    if (name === '') throw new Error(`not understood: ${heading}`);
    if (alone === undefined) return readCommands(name, commands);
    if (commands.length > 0) throw new Error(`${name} is not left alone`);
    return name;
  });
}

function readCommands(name: string, commands: readonly string[]): ReadBack {
  const rest = [...commands];
  const take = (pattern: string) => {
    const match = new RegExp(`^${pattern}$`).exec(rest[0] ?? '');
    if (match !== null) rest.shift();
    return match ?? undefined;
  };
  const all = <Item>(pattern: string, read: (match: RegExpExecArray) => Item) => {
    const items: Item[] = [];
    for (let match = take(pattern); match !== undefined; match = take(pattern)) items.push(read(match));
    return items;
  };
  const ra = `/proc/sys/net/ipv6/conf/${name}/accept_ra`;
  const accept = take(`echo ([01]) 2>/dev/null >${ra} \\|\\| :`)?.[1];
  const noDefault = take(`echo 0 2>/dev/null >${ra}_defrtr \\|\\| :`);
  const mtu = take(`ip link set dev ${name} mtu (\\S+)`)?.[1];
  const up = take(`ip link set dev ${name} up`);
  const addresses = all(`ip address replace (\\S+) dev ${name}`, ([, text]) => cidr(text));
  const routes = all(
    `ip (-6 )?route replace (\\S+)(?: via (\\S+))? dev ${name}( onlink)?`,
    ([, v6, to, via, onlink]): Route => {
      const destination = cidr(to);
      if (destination.includes(':') !== (v6 !== undefined)) throw new Error(`of the other family: ${to}`);
      return {
        destination,
        gateway: via === undefined ? undefined : address(via),
        onLink: onlink !== undefined,
      };
    },
  );
  const dhcpcd = take(`dhcpcd --quiet --background --ipv4only( --nogateway)? ${name}`);
  if (accept === undefined || up === undefined || rest.length > 0)
    throw new Error(`not understood: ${rest[0]}`);
  return withGateways(
    {
      name,
      mtu: mtu === undefined ? undefined : number(mtu),
      addresses,
      dhcp: dhcpcd !== undefined,
      addrconf: accept === '1',
      dhcpDefault: dhcpcd !== undefined && dhcpcd[1] === undefined,
      addrconfDefault: accept === '1' && noDefault === undefined,
    },
    routes,
  );
}
