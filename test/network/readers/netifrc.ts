import type { RenderedFile } from '../../../agent/network/renderer.ts';
import type { ReadBack } from './read-back.ts';
import { address, cidr, number, withGateways } from './values.ts';

/** A strict reader of a Gentoo interface's file; one that is left alone gives its name. */
export function readNetifrc({ path, content }: RenderedFile): ReadBack | string {
  const name = /^\/etc\/conf\.d\/net\.(eth\d+)$/.exec(path)?.[1];
  if (name === undefined) throw new Error(`nobody reads ${path}`);
  let rest = content;
  const take = (pattern: RegExp) => {
    const match = pattern.exec(rest);
    if (match !== null) rest = rest.slice(match[0].length);
    return match?.[1];
  };
  const list = (variable: string) =>
    take(new RegExp(`^${variable}_${name}="([\\w.:/ \\n]+)"\\n`))?.split('\n');
  take(/^(# .*)\n/);
  const config = list('config') ?? [];
  if (take(/^(predown\(\) \{\n {4}return 1\n\}\n)$/) !== undefined) {
    if (config.join() !== 'null') throw new Error(`${name} is not left alone`);
    return name;
  }
  const routes = list('routes') ?? [];
  const mtu = list('mtu')?.[0];
  const only4 = take(new RegExp(`^dhcpcd_${name}="(-4)"\\n`));
  const noGateway = take(new RegExp(`^dhcp_${name}="(nogateway)"\\n`));
  const dhcp = config.includes('dhcp');
  if (dhcp !== (only4 !== undefined)) throw new Error(`${name}: dhcpcd with ${only4}`);
  const accept = take(
    new RegExp(
      `^preup\\(\\) \\{\\n {4}echo ([01]) 2>/dev/null >/proc/sys/net/ipv6/conf/${name}/accept_ra \\|\\| :\\n`,
    ),
  );
  const noDefault = take(
    new RegExp(`^( {4}echo 0 2>/dev/null >/proc/sys/net/ipv6/conf/${name}/accept_ra_defrtr \\|\\| :\\n)`),
  );
  const end = take(/^(\}\n)$/);
  if (accept === undefined || end === undefined || rest !== '' || config.length === 0)
    throw new Error(`not understood: ${rest}`);
  return withGateways(
    {
      name,
      mtu: mtu === undefined ? undefined : number(mtu),
      addresses: config.filter((one) => one !== 'dhcp' && one !== 'null').map(cidr),
      dhcp,
      addrconf: accept === '1',
      dhcpDefault: dhcp && noGateway === undefined,
      addrconfDefault: accept === '1' && noDefault === undefined,
    },
    routes.map((line) => {
      const [, to, via, onlink] = /^(\S+)(?: via (\S+))?( onlink)?$/.exec(line) ?? [];
      return {
        destination: cidr(to),
        gateway: via === undefined ? undefined : address(via),
        onLink: onlink !== undefined,
      };
    }),
  );
}
