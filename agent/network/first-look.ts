import type { Change } from '../change/change.ts';
import type { System } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import { readLinks } from './links.ts';
import type { Link, Network } from './model.ts';

/** The identity of a boot, then the names of interfaces, a line each. */
const path = '/run/lx-agent-network';

type Boot = Pick<System, 'root' | 'boot'>;

/**
 * The machine's interfaces as the first run of this boot saw them. Interfaces that it found without addresses and gave to
 * the network service may have them by now, but from that service, not from the platform.
 */
export function linksAtFirstLook(system: Boot): Link[] {
  const given = givenToService(system);
  return readLinks(system.root).map((link) => asBefore(link, given));
}

/** A link without its addresses, if it was given to the network service. */
export function asBefore(link: Link, given: ReadonlySet<string>): Link {
  return link.addresses !== undefined && given.has(link.name) ? { ...link, addresses: [] } : link;
}

/** The interfaces that an earlier run of this boot gave to the network service; none in a new boot. */
export function givenToService({ root, boot }: Boot): ReadonlySet<string> {
  const [of, ...names] = textIfReadable(root, path)?.trim().split('\n') ?? [];
  return new Set(boot !== undefined && of === boot ? names : []);
}

/**
 * Keep the decision of the first look for the rest of this boot. Nothing is kept if all interfaces are hands-off, because
 * a second look finds the same, or if the boot has no identity.
 */
export function keepFirstLook({ interfaces }: Network, { root, boot }: Boot): Change[] {
  const names = interfaces.filter(({ policy }) => policy === 'full').map(({ name }) => name);
  if (boot === undefined || names.length === 0 || root.entry('/run')?.kind !== 'directory') return [];
  return [
    {
      kind: 'file',
      path,
      content: `${[boot, ...names].join('\n')}\n`,
      mode: 0o644,
      claim: 'always',
      why: `in this boot the network service configures ${names.join(', ')}`,
    },
  ];
}
