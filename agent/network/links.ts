import { networkInterfaces } from 'node:os';
import { type IpAddress, isIpAddress, normalizeMac } from '../metadata/values.ts';
import { errorCode } from '../system/root-error.ts';
import type { ReadableRoot } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import type { Link } from './model.ts';
import { isInterfaceName } from './names.ts';

/**
 * The interfaces of the running machine, without the loopback. An image has none. MAC addresses come from
 * /sys/class/net, addresses from getifaddrs(3). That needs netlink: if the kernel refuses it, addresses are unknown.
 */
export function readLinks(root: ReadableRoot): Link[] {
  if (!root.live) return [];
  const known = addressed();
  const names = new Set([...root.list('/sys/class/net'), ...(known?.keys() ?? [])]);
  names.delete('lo');
  return [...names]
    .filter(isInterfaceName)
    .sort()
    .map((name) => {
      const mac = normalizeMac(
        textIfReadable(root, `/sys/class/net/${name}/address`)?.trim() ?? known?.get(name)?.mac ?? '',
      );
      return { name, mac, addresses: known && (known.get(name)?.addresses ?? []) };
    });
}

function addressed(): Map<string, { mac: string; addresses: IpAddress[] }> | undefined {
  try {
    return new Map(
      Object.entries(networkInterfaces()).map(([name, list = []]) => [
        name,
        { mac: list[0]?.mac ?? '', addresses: list.map(({ address }) => address).filter(isIpAddress) },
      ]),
    );
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
