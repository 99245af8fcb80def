/** What a resolver needs to know. */
export interface Resolvers {
  /** At least one. */
  readonly addresses: readonly string[];
  /** Domains, with a blank between them. */
  readonly search: string | undefined;
}

/** MAXNS in resolv.h: the C library asks the first three name servers and ignores the others. */
const most = 3;

/**
 * resolv.conf(5). Name servers beyond the third are comments. glibc ignores them silently, and other libraries (musl,
 * c-ares) differ; the comment shows everybody which ones are not used.
 */
export function renderResolvConf({ addresses, search }: Resolvers): string {
  const lines = ['# Written by lx-agent from sdc:resolvers.'];
  if (search !== undefined) lines.push(`search ${search}`);
  for (const [index, address] of addresses.entries())
    lines.push(index < most ? `nameserver ${address}` : `# not asked, beyond the third: ${address}`);
  return `${lines.join('\n')}\n`;
}

/** A drop-in for systemd-resolved, resolved.conf(5); it takes any number of servers. */
export function renderResolved({ addresses, search }: Resolvers): string {
  const domains = search === undefined ? '' : `Domains=${search}\n`;
  return `# Written by lx-agent from sdc:resolvers.\n[Resolve]\nDNS=${addresses.join(' ')}\n${domains}`;
}

/** Values that openresolv puts before those of the interfaces, see resolvconf.conf(5). */
export function openresolvAssignments({ addresses, search }: Resolvers): ReadonlyMap<string, string> {
  return new Map([
    ['name_servers', `"${addresses.join(' ')}"`],
    ...(search === undefined ? [] : [['search_domains', `"${search}"`] as const]),
  ]);
}
