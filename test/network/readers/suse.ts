import type { RenderedFile } from '../../../agent/network/renderer.ts';
import { assignments, taker } from './assignments.ts';
import type { ReadBack } from './read-back.ts';
import { address, cidr, number, withGateways } from './values.ts';

const folder = '/etc/sysconfig/network';

/** A strict reader of SUSE's files: an interface each, or the name of one that is left alone. */
export function readSuse(files: readonly RenderedFile[]): (ReadBack | string)[] {
  const rest = new Map(files.map(({ path, content }) => [path, content]));
  const found = files.flatMap(({ path, content }) => {
    const name = /^\/etc\/sysconfig\/network\/ifcfg-(eth\d+)$/.exec(path)?.[1];
    if (name === undefined) return [];
    const routes = rest.get(`${folder}/ifroute-${name}`);
    rest.delete(path);
    rest.delete(`${folder}/ifroute-${name}`);
    return [readOne(name, content, routes ?? '')];
  });
  if (rest.size > 0) throw new Error(`nobody reads ${[...rest.keys()].join(', ')}`);
  return found;
}

function readOne(name: string, content: string, routes: string): ReadBack | string {
  const { take, end } = taker(assignments(content));
  const [mode, protocol] = [take('STARTMODE'), take('BOOTPROTO')];
  if (mode === 'off' && protocol === 'none' && routes === '') {
    end();
    return name;
  }
  const [dhcp, addrconf] = protocols.get(protocol ?? '') ?? [];
  if (mode !== 'auto' || dhcp === undefined || addrconf === undefined)
    throw new Error(`${name}: ${mode}, ${protocol}`);
  const addresses = [];
  for (let index = 0; ; index += 1) {
    const one = take(index === 0 ? 'IPADDR' : `IPADDR_${index}`);
    if (one === undefined) break;
    addresses.push(cidr(one));
  }
  const mtu = take('MTU');
  const setDefault = take('DHCLIENT_SET_DEFAULT_ROUTE');
  if (setDefault !== undefined && (setDefault !== 'no' || !dhcp)) throw new Error(`${name}: ${setDefault}`);
  end();
  return withGateways(
    {
      name,
      mtu: mtu === undefined ? undefined : number(mtu),
      addresses,
      dhcp,
      addrconf,
      dhcpDefault: dhcp && setDefault === undefined,
      // wicked leaves router advertisements to the kernel, and has no word for this.
      addrconfDefault: addrconf,
    },
    routesOf(routes, name),
    [],
    false,
  );
}

/** What each BOOTPROTO means: DHCP for IPv4, and addresses by router advertisements. */
const protocols = new Map([
  ['static', [false, false]],
  ['dhcp4', [true, false]],
  ['auto6', [false, true]],
  ['dhcp4+auto6', [true, true]],
]);

function routesOf(content: string, name: string) {
  return content
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '))
    .map((line) => {
      const [destination, gateway, mask, device, ...more] = line.split(' ');
      if (mask !== '-' || device !== name || more.length > 0)
        throw new Error(`not a route of ${name}: ${line}`);
      return {
        destination: cidr(destination),
        gateway: gateway === '-' ? undefined : address(gateway),
        onLink: false,
      };
    });
}
