import type { Route } from '../../../agent/network/model.ts';
import type { RenderedFile } from '../../../agent/network/renderer.ts';
import { isIpv6 } from '../../support/ip-addresses.ts';
import { assignments, taker } from './assignments.ts';
import type { ReadBack } from './read-back.ts';
import { address, cidr, flag, number, withGateways } from './values.ts';

const folder = '/etc/sysconfig/network-scripts';

/** A strict reader of Red Hat's files: an interface each, or the name of one that is left alone. */
export function readIfcfg(files: readonly RenderedFile[]): (ReadBack | string)[] {
  const rest = new Map(files.map((file) => [file.path, file]));
  const take = (path: string) => {
    const content = rest.get(path)?.content;
    rest.delete(path);
    return content;
  };
  const idle = [take(`${folder}/ifup-lx-agent`), take(`${folder}/ifdown-lx-agent`)];
  const found = files.flatMap(({ path, content }) => {
    const name = /^\/etc\/sysconfig\/network-scripts\/ifcfg-(eth\d+)$/.exec(path)?.[1];
    if (name === undefined) return [];
    rest.delete(path);
    const routes = [
      ...routesOf(take(`${folder}/route-${name}`) ?? '', name, false),
      ...routesOf(take(`${folder}/route6-${name}`) ?? '', name, true),
    ];
    return [readOne(name, content, routes)];
  });
  if (rest.size > 0) throw new Error(`nobody reads ${[...rest.keys()].join(', ')}`);
  const alone = found.some((one) => typeof one === 'string');
  for (const script of idle)
    if (alone !== (script !== undefined && /^#!\/bin\/sh\n# .*\nexit 0\n$/.test(script)))
      throw new Error(`a script that should do nothing: ${script}`);
  return found;
}

function readOne(name: string, content: string, routes: Route[]): ReadBack | string {
  const { take, end } = taker(assignments(content));
  if (take('DEVICE') !== name) throw new Error(`not about ${name}`);
  if (take('DEVICETYPE') === 'lx-agent') {
    const words = [take('ONBOOT'), take('NM_CONTROLLED'), take('BOOTPROTO')];
    if (words.join() !== 'no,no,none') throw new Error(`${name} is not left alone`);
    end();
    return name;
  }
  if (take('TYPE') !== 'Ethernet' || take('ONBOOT') !== 'yes') throw new Error(`${name} would not come up`);
  const dhcp = flag(take('BOOTPROTO'), 'dhcp', 'none');
  const ipv6 = flag(take('IPV6INIT'), 'yes', 'no');
  const addrconf = flag(take('IPV6_AUTOCONF'), 'yes', 'no');
  const addresses = [];
  for (let index = 0; ; index += 1) {
    const number = index === 0 ? '' : index;
    const ip = take(`IPADDR${number}`);
    if (ip === undefined) break;
    addresses.push(cidr(`${ip}/${take(`PREFIX${number}`)}`));
  }
  const first = take('IPV6ADDR');
  const more = take('IPV6ADDR_SECONDARIES');
  const v6 = [...(first === undefined ? [] : [first]), ...(more === undefined ? [] : more.split(' '))].map(
    cidr,
  );
  const gateways = [take('GATEWAY'), take('IPV6_DEFAULTGW')].filter((one) => one !== undefined).map(address);
  const mtu = take('MTU');
  const [defroute, peerroutes] = [take('DEFROUTE'), take('PEERROUTES')];
  const [defroute6, peerroutes6] = [take('IPV6_DEFROUTE'), take('IPV6_PEERROUTES')];
  for (const word of [defroute, peerroutes, defroute6, peerroutes6])
    if (word !== undefined && word !== 'no') throw new Error(`${name}: ${word}`);
  end();
  if (
    !ipv6 &&
    (addrconf || v6.length > 0 || [...gateways, ...routes.map((one) => one.destination)].some(isIpv6))
  )
    throw new Error(`${name} has IPv6 switched off`);
  return withGateways(
    {
      name,
      mtu: mtu === undefined ? undefined : number(mtu),
      addresses: [...addresses, ...v6],
      dhcp,
      addrconf,
      dhcpDefault: dhcp && defroute === undefined && peerroutes === undefined,
      addrconfDefault: addrconf && defroute6 === undefined && peerroutes6 === undefined,
    },
    routes,
    gateways,
    false,
  );
}

function routesOf(content: string, name: string, v6: boolean): Route[] {
  return content
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('# '))
    .map((line) => {
      const [, to, via, device] = /^(\S+?)(?: via (\S+))? dev (\S+)$/.exec(line) ?? [];
      if (device !== name) throw new Error(`not a route of ${name}: ${line}`);
      const destination = cidr(to);
      if (isIpv6(destination) !== v6) throw new Error(`in the file of the other family: ${line}`);
      return {
        destination,
        gateway: via === undefined ? undefined : address(via),
        onLink: false,
      };
    });
}
