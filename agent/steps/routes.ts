import { setTimeout as sleep } from 'node:timers/promises';
import type { Change } from '../change/change.ts';
import { givenToService, linksAtFirstLook } from '../network/first-look.ts';
import { type MissingRoute, missingRoutes, type RoutingTables } from '../network/missing-routes.ts';
import { type Network, networkOf } from '../network/model.ts';
import { nativeRoute, nativeRouteCommand, routeCommand } from '../network/route-command.ts';
import { parseIpv4Table, parseIpv6Table } from '../network/routing-table.ts';
import { sinceStart } from '../system/clock.ts';
import type { ReadableRoot, System } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import type { Step } from './step.ts';

/** The deadline of a request to the kernel, in seconds. The kernel answers at once or not at all. */
const deadline = 10;

/** Add the static routes that are missing once the network is up. If none is missing, no program runs. */
export const routes: Step = {
  name: 'routes',
  stage: 'late',
  summary: 'Static routes that the network came up without',
  keys: ['sdc:nics', 'sdc:routes', 'docker:id'],
  async plan(instance, system) {
    const { root, configuration } = system;
    if (instance.docker) return { skip: "in a Docker container the platform's own init sets up the network" };
    if ((instance.routes ?? []).length === 0) return { skip: 'the metadata names no static routes' };
    const network = networkOf(instance, linksAtFirstLook(system), configuration.network.policy);
    if (network === undefined)
      return { skip: 'the metadata does not say which network interfaces there are' };
    const missing = await missingInTheEnd(network, system);
    // Below --root these are only listed, and nothing is looked up on a machine that is not running.
    const hasIp =
      !root.live ||
      ['/sbin/ip', '/usr/sbin/ip', '/bin/ip', '/usr/bin/ip'].some((path) => root.isExecutable(path));
    const hasNative = root.isExecutable(nativeRoute);
    if (missing.length > 0 && !hasIp && !hasNative)
      throw new Error(
        `${missing.length} static routes are missing, and there is neither ip(8) nor ${nativeRoute} to add them`,
      );
    return missing.map((one) => addition(one, hasIp, hasNative));
  },
  // The network has to be up before it can be said which are missing.
  waits: ({ docker, routes: named }) => !docker && (named ?? []).length > 0,
};

/** How long a network service that configures interfaces is given to set the routes that are in its files, and between looks, in ms. */
const patience = 10_000;
const pause = 250;

/**
 * The routes that are missing once the network service, if it configures interfaces, has had its time: services say that
 * the network is up while they are at work, and a route that both set would be there twice.
 */
async function missingInTheEnd(network: Network, system: System): Promise<MissingRoute[]> {
  const { root, configuration } = system;
  const byService = root.live && (configuration.network.policy === 'full' || givenToService(system).size > 0);
  const end = sinceStart() + (byService ? patience : 0);
  for (;;) {
    const missing = missingRoutes(network, readTables(root));
    if (missing.length === 0 || sinceStart() >= end) return missing;
    await sleep(pause);
  }
}

function readTables(root: ReadableRoot): RoutingTables {
  return {
    ipv4: parseIpv4Table(textIfReadable(root, '/proc/net/route') ?? ''),
    ipv6: parseIpv6Table(textIfReadable(root, '/proc/net/ipv6_route') ?? ''),
  };
}

/** By ip(8); where there is none, or the kernel refuses what it asks (lx has not all of netlink), by illumos's own. */
function addition({ out, route }: MissingRoute, hasIp: boolean, hasNative: boolean): Change {
  const native = hasNative ? nativeRouteCommand(out, route) : undefined;
  const [argv, otherwise] = hasIp ? [routeCommand(out.name, route), native] : [native, undefined];
  if (argv === undefined)
    throw new Error(`${out.name} has no address to name it by, for the route to ${route.destination}`);
  return {
    kind: 'command',
    argv,
    ...(otherwise === undefined ? {} : { otherwise }),
    deadline,
    why: `sdc:routes names a route to ${route.destination}, and ${out.name} came up without it`,
  };
}
