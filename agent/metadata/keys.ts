import {
  authorizedKeys,
  bytes,
  domains,
  flag,
  hostname,
  isThere,
  megabytes,
  nicList,
  plainText,
  resolvers,
  routeList,
  script,
  switchedOff,
  uuid,
} from './decoders.ts';
import type { KeyValue } from './key-value.ts';

/** Reads the value of a key. `other` gives the value of another key, for a field that comes from several keys. */
type Decoder<Made> = (value: KeyValue, other: (key: string) => KeyValue) => Made;

/** One row of the table. */
interface Row<Field extends string, Made> {
  /** For documents, completions and `lx-agent explain`. */
  readonly meaning: string;
  readonly mayHoldSecret: boolean;
  /** The field of `Instance` that comes from this key; undefined when the row of another key reads this one. */
  readonly field: Field | undefined;
  readonly decode: Decoder<Made> | undefined;
}

/**
 * The metadata keys that the agent reads. The platform's keys begin with `sdc:` and are read-only; all others belong to
 * the customer. Source: vmadm(8), the platform's metadata agent, the guest tools; see docs/notes.md.
 *
 * A row has the meaning of the key, its field of `Instance`, and the decoder for that field. The value of a `shown` key
 * may appear in reports; the value of a `hidden` key may be a secret. Faults are reported in the order of the rows.
 */
export const keys = {
  'sdc:uuid': shown('The id of the instance; a clone has another', 'uuid', uuid),
  'sdc:hostname': shown('The host name; by default the name of the zone, which is its UUID'),
  hostname: shown("The customer's own host name, which wins over sdc:hostname", 'hostname', hostname),
  'sdc:alias': shown('The display name', 'alias', plainText),
  'sdc:dns_domain': shown('The DNS domain; `local` by default', 'searchDomains', domains),
  'sdc:resolvers': shown('JSON array of name server addresses', 'resolvers', resolvers),
  'sdc:maintain_resolvers': shown(
    '`true`: resolv.conf follows the metadata, edited or not',
    'maintainResolvers',
    flag,
  ),
  'sdc:nics': shown('JSON array of network interfaces', 'nics', nicList),
  'sdc:routes': shown('JSON array of static routes', 'routes', routeList),
  'sdc:datacenter_name': shown('The data center', 'datacenterName', plainText),
  'sdc:owner_uuid': shown('The owner', 'ownerUuid', uuid),
  'sdc:image_uuid': shown('The image', 'imageUuid', uuid),
  'sdc:package_name': shown('The package (size) of the instance', 'packageName', plainText),
  'sdc:max_physical_memory': shown('The memory limit, in MiB', 'maxPhysicalMemory', megabytes),
  'sdc:operator-script': hidden(
    "The operator's script, run at every boot before the user's",
    'operatorScript',
    script('operator-script-url', 'operator-script-sha256'),
  ),
  'operator-script-url': hidden("Where to fetch the operator's script"),
  'operator-script-sha256': hidden('The SHA-256 that the fetched operator-script must have'),
  'user-script': hidden(
    "The customer's script, run at every boot",
    'userScript',
    script('user-script-url', 'user-script-sha256'),
  ),
  'user-script-url': hidden("Where to fetch the customer's script"),
  'user-script-sha256': hidden('The SHA-256 that the fetched user-script must have'),
  'user-data': hidden(
    'Opaque data for the user-script, stored at /var/db/mdata-user-data',
    'userData',
    bytes,
  ),
  root_authorized_keys: hidden(
    "OpenSSH authorized_keys lines for root's account",
    'rootAuthorizedKeys',
    authorizedKeys,
  ),
  'docker:id': hidden('Present in a Docker container', 'docker', isThere),
  'lx-agent:boot': shown(
    "`off` keeps the platform's agent from this instance; see docs/platform.md",
    'platformAgentOff',
    switchedOff,
  ),
};

export type Key = keyof typeof keys;

/** The fields of all rows. A row gives its field a name, and the row's decoder gives it a type. */
export type Fields = {
  readonly [Name in Key as NonNullable<(typeof keys)[Name]['field']>]: ReturnType<
    NonNullable<(typeof keys)[Name]['decode']>
  >;
};

/** Keys whose values are never secret. The values of all other keys may be. */
export const withoutSecrets: ReadonlySet<string> = new Set(
  Object.entries(keys).flatMap(([key, { mayHoldSecret }]) => (mayHoldSecret ? [] : [key])),
);

function shown<const Field extends string = never, Made = never>(
  meaning: string,
  field?: Field,
  decode?: Decoder<Made>,
): Row<Field, Made> {
  return { meaning, mayHoldSecret: false, field, decode };
}

function hidden<const Field extends string = never, Made = never>(
  meaning: string,
  field?: Field,
  decode?: Decoder<Made>,
): Row<Field, Made> {
  return { meaning, mayHoldSecret: true, field, decode };
}
