/**
 * The metadata keys that the agent reads; the platform's begin with `sdc:` and are read-only, all others are the
 * customer's. Source: vmadm(8), the platform's metadata agent, the guest tools; see docs/notes.md.
 */
export const keys = {
  'sdc:uuid': 'The id of the instance; a clone has another',
  'sdc:hostname': 'The host name; by default the name of the zone, which is its UUID',
  hostname: "The customer's own host name, which wins over sdc:hostname",
  'sdc:alias': 'The display name',
  'sdc:dns_domain': 'The DNS domain; `local` by default',
  'sdc:resolvers': 'JSON array of name server addresses',
  'sdc:maintain_resolvers': '`true`: resolv.conf follows the metadata, edited or not',
  'sdc:nics': 'JSON array of network interfaces',
  'sdc:routes': 'JSON array of static routes',
  'sdc:datacenter_name': 'The data center',
  'sdc:owner_uuid': 'The owner',
  'sdc:image_uuid': 'The image',
  'sdc:package_name': 'The package (size) of the instance',
  'sdc:max_physical_memory': 'The memory limit, in MiB',
  'sdc:operator-script': "The operator's script, run at every boot before the user's",
  'operator-script-url': "Where to fetch the operator's script",
  'operator-script-sha256': 'The SHA-256 that the fetched operator-script must have',
  'user-script': "The customer's script, run at every boot",
  'user-script-url': "Where to fetch the customer's script",
  'user-script-sha256': 'The SHA-256 that the fetched user-script must have',
  'user-data': 'Opaque data for the user-script, stored at /var/db/mdata-user-data',
  root_authorized_keys: "OpenSSH authorized_keys lines for root's account",
  'docker:id': 'Present in a Docker container',
  'lx-agent:boot': "`off` keeps the platform's agent from this instance; see docs/platform.md",
} as const;

export type Key = keyof typeof keys;

/** Keys whose values hold no secret; those of all others may. */
export const withoutSecrets: ReadonlySet<string> = new Set<Key>([
  'sdc:uuid',
  'sdc:hostname',
  'hostname',
  'sdc:alias',
  'sdc:dns_domain',
  'sdc:resolvers',
  'sdc:maintain_resolvers',
  'sdc:nics',
  'sdc:routes',
  'sdc:datacenter_name',
  'sdc:owner_uuid',
  'sdc:image_uuid',
  'sdc:package_name',
  'sdc:max_physical_memory',
  'lx-agent:boot',
]);
