import type { Change } from '../change/change.ts';
import { addressOf } from '../network/addresses.ts';
import { readLinks } from '../network/links.ts';
import { networkOf } from '../network/model.ts';
import { nativeRouteCommand, routeCommand } from '../network/route-command.ts';
import { isInTable, parseIpv4Routes, parseIpv6Routes } from '../network/routing-table.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { Step } from './step.ts';

/** Linux's own tool, where distributions have it, and the platform's, which is there whatever the image lacks. */
const ipTools = ['/sbin/ip', '/usr/sbin/ip', '/bin/ip'] as const;
const nativeTool = '/native/usr/sbin/route';

/** Seconds; each command asks the kernel one thing. */
const deadline = 10;
/** Bytes; some 30,000 routes. */
const largestTable = 4 * 1024 * 1024;

/**
 * The static routes of sdc:routes that the network lacks once it is up: the platform adds them before init, and the
 * distribution's network service may have dropped them since. What is there is seen in /proc: a boot that lacks none
 * starts no process.
 */
export const routes: Step = {
  name: 'routes',
  stage: 'late',
  summary: 'static routes that are missing once the network is up',
  keys: ['sdc:nics', 'sdc:routes', 'docker:id'],
  plan(instance, { root, configuration }) {
    if (instance.docker) return { skip: "in a Docker container the platform's own init sets up the network" };
    if (!root.live) return { skip: 'routes are of the running system only' };
    const network = networkOf(instance, readLinks(root), configuration.network.policy);
    if (network === undefined)
      return { skip: 'the metadata does not say which network interfaces there are' };
    const isThere = isInTable(readTable(root));
    const missing = network.interfaces.flatMap(({ name, addresses, routes: wanted }) => {
      const own = addresses.map(addressOf);
      return wanted.filter((route) => !isThere(name, own, route)).map((route) => ({ name, own, route }));
    });
    if (missing.length === 0) return [];
    const ip = ipTools.find((path) => root.isExecutable(path));
    if (ip === undefined && !root.isExecutable(nativeTool))
      return { skip: `there is neither ip nor ${nativeTool}, so ${missing.length} routes stay missing` };
    return missing.map(({ name, own, route }): Change => {
      const argv = ip === undefined ? nativeRouteCommand(own, route) : routeCommand(name, route);
      return {
        kind: 'command',
        argv: [ip ?? nativeTool, ...argv.slice(1)],
        deadline,
        why: `sdc:routes names ${route.destination}, and it is not there`,
      };
    });
  },
};

function readTable(root: ReadableRoot) {
  return [
    ...parseIpv4Routes(root.readText('/proc/net/route', largestTable) ?? ''),
    ...parseIpv6Routes(root.readText('/proc/net/ipv6_route', largestTable) ?? ''),
  ];
}
