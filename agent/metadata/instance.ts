import type { Cidr, Domain, Hostname, IpAddress, Mac, Uuid } from './values.ts';

/**
 * What this instance is, by its metadata: every value decoded and validated once. `undefined` means that the
 * metadata does not have it (or had it in a form that could not be used: then `invalid` names the key).
 */
export interface Instance {
  /** In lower case. */
  readonly uuid: Uuid | undefined;
  /** `hostname`, then `sdc:hostname`, then `sdc:uuid`. May hold dots. */
  readonly hostname: Hostname | undefined;
  readonly alias: string | undefined;
  /** The first of `sdc:dns_domain`: the domain of the machine's own name. */
  readonly dnsDomain: Domain | undefined;
  /** All domains of `sdc:dns_domain`, in their order: where short names are looked up. */
  readonly searchDomains: readonly Domain[];
  /** `[]` is an explicitly empty list. */
  readonly resolvers: readonly IpAddress[] | undefined;
  readonly maintainResolvers: boolean;
  readonly nics: readonly Nic[] | undefined;
  readonly routes: readonly StaticRoute[] | undefined;
  /** Empty where the value is blank. */
  readonly rootAuthorizedKeys: string | undefined;
  readonly userData: Buffer | undefined;
  readonly userScript: ScriptSource | undefined;
  readonly operatorScript: ScriptSource | undefined;
  /** True in a Docker container: the platform's own init sets up name, resolvers and network. */
  readonly docker: boolean;
  /** True where `lx-agent:boot` is `off`: the agent that the platform carries leaves this instance alone. */
  readonly platformAgentOff: boolean;
  /** Plain facts for hooks and reports: datacenter, owner, image, package, memory, tags. Never a secret. */
  readonly facts: Readonly<Record<string, string>>;
  readonly invalid: readonly InvalidKey[];
}

/** A script given by value, or to be fetched from a URL (and then checked against the digest, if there is one). */
export type ScriptSource =
  | { readonly from: 'metadata'; readonly body: Buffer }
  | { readonly from: 'url'; readonly url: string; readonly sha256: string | undefined };

/** One network interface of the instance, from `sdc:nics`. */
export interface Nic {
  /** The platform's name for it, `net0`. */
  readonly name: string;
  /** The number in that name: `net0` is `eth0` in the zone, unless its MAC address says otherwise. */
  readonly index: number;
  readonly mac: Mac | undefined;
  readonly addresses: readonly Cidr[];
  /** `ips` holds `dhcp`. */
  readonly dhcp: boolean;
  /** `ips` holds `addrconf`: IPv6 by router advertisement. */
  readonly addrconf: boolean;
  readonly gateways: readonly IpAddress[];
  readonly primary: boolean;
  /** In bytes. */
  readonly mtu: number | undefined;
}

/** A static route from `sdc:routes`. */
export interface StaticRoute {
  /** A network (host bits clear) or a host (`/32`, `/128`). */
  readonly destination: Cidr;
  readonly gateway: IpAddress;
  /** The gateway is one of our own addresses: no next hop, out on that address's interface. */
  readonly linkLocal: boolean;
}

/** A key whose value could not be used, as a whole or in part. The reason never quotes a secret. */
export interface InvalidKey {
  readonly key: string;
  readonly reason: string;
}
