import { sizeText } from '../system/size.ts';
import { parseHostAddress } from './addresses.ts';
import type { Answer } from './answer.ts';
import { decodeAuthorizedKeys } from './authorized-keys.ts';
import { collectComplaints, quote } from './complaints.ts';
import type { Instance, ScriptSource } from './instance.ts';
import type { Key } from './keys.ts';
import { decodeNics } from './nics.ts';
import { oneRouteEach } from './one-route-each.ts';
import { decodeRoutes } from './routes.ts';
import { decodeScript } from './scripts.ts';
import { type Hostname, type IpAddress, isDomain, isHostname, isUuid } from './values.ts';

const kibibyte = 1024;
const limits = { line: 4 * kibibyte, json: 4 * kibibyte * kibibyte, authorizedKeys: kibibyte * kibibyte };
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/**
 * Decode and validate every key that was fetched, once. Faulty values are named in `invalid` and left out, and so
 * are keys that the server failed to give; whatever the metadata holds, this does not throw.
 */
export function decodeInstance(answers: ReadonlyMap<string, Answer>): Instance {
  const complaints = collectComplaints();

  const bytes = (key: Key): Buffer | undefined => {
    const answer = answers.get(key);
    if (answer?.status === 'failed')
      complaints.add(key, `the server could not give it: ${quote(answer.reason)}`);
    return answer?.status === 'found' ? answer.value : undefined;
  };

  const text = (key: Key, limit: number): string | undefined => {
    const value = bytes(key);
    if (value === undefined || value.length <= limit) return value?.toString('utf8');
    complaints.add(key, `${sizeText(value.length)}, more than the ${sizeText(limit)} that make sense`);
    return undefined;
  };

  /** A value of one line: surrounding blanks (the newline that an editor leaves) taken off, empty as good as absent. */
  const line = (key: Key): string | undefined => {
    const value = text(key, limits.line);
    return (value && withoutBlanks(value)) || undefined;
  };

  function valid<Value extends string>(
    key: Key,
    grammar: (value: string) => value is Value,
    meaning: string,
    value: string | undefined,
  ): Value | undefined {
    if (value === undefined || grammar(value)) return value;
    complaints.add(key, `${quote(value)} is not ${meaning}`);
    return undefined;
  }

  /** A DNS name, which may be written with the dot of the root zone at its end. */
  function name<Value extends string>(
    key: Key,
    grammar: (value: string) => value is Value,
    meaning: string,
  ): Value | undefined {
    return valid(key, grammar, meaning, line(key)?.replace(/\.$/, ''));
  }

  const items = (key: Key): readonly unknown[] | undefined => {
    const value = text(key, limits.json);
    if (value === undefined || value.trim() === '') return undefined;
    const list = parseJson(value);
    if (Array.isArray(list)) return list;
    complaints.add(key, 'not a JSON array');
    return undefined;
  };

  const flag = (key: Key): boolean => {
    const value = line(key);
    if (value !== undefined && value !== 'true' && value !== 'false')
      complaints.add(key, `${quote(value)} is neither true nor false`);
    return value === 'true';
  };

  /** UTF-16 is full of zero bytes, and no shell reads it. */
  const scriptText = (key: Key): Buffer | undefined => {
    const value = bytes(key);
    if (value === undefined || !['fffe', 'feff'].includes(value.toString('hex', 0, 2))) return value;
    complaints.add(key, 'is UTF-16 text; save it as UTF-8');
    return undefined;
  };

  const script = (kind: 'user' | 'operator'): ScriptSource | undefined =>
    decodeScript(
      {
        body: scriptText(kind === 'user' ? 'user-script' : 'sdc:operator-script'),
        url: line(`${kind}-script-url`),
        sha256: line(`${kind}-script-sha256`),
      },
      (part, reason) => complaints.add(`${kind}-script-${part}`, reason),
    );

  const resolvers = (): readonly IpAddress[] | undefined => {
    const list = items('sdc:resolvers');
    if (list === undefined) return undefined;
    const addresses = new Set<IpAddress>();
    for (const item of list) {
      const address = typeof item === 'string' ? parseHostAddress(withoutBlanks(item)) : undefined;
      if (address === undefined) complaints.add('sdc:resolvers', `${quote(item)} is not an address`);
      else addresses.add(address);
    }
    return list.length > 0 && addresses.size === 0 ? undefined : [...addresses];
  };

  // One identity has one spelling: in another one it would be another instance, with other host keys.
  const uuid = valid('sdc:uuid', isUuid, 'a UUID', line('sdc:uuid')?.toLowerCase());
  const hostnames: readonly (Hostname | undefined)[] = [
    name('hostname', isHostname, 'a host name'),
    name('sdc:hostname', isHostname, 'a host name'),
    uuid !== undefined && isHostname(uuid) ? uuid : undefined,
  ];
  const report = (key: Key) => (reason: string) => complaints.add(key, reason);
  const nicItems = items('sdc:nics');
  const routeItems = items('sdc:routes');
  const { nics, routes } = oneRouteEach(
    decodeNics(nicItems ?? [], report('sdc:nics')),
    decodeRoutes(routeItems ?? [], report('sdc:routes')),
    (key, reason) => complaints.add(key, reason),
  );
  const authorizedKeys = text('root_authorized_keys', limits.authorizedKeys);

  const words = line('sdc:dns_domain')?.split(/[ \t]*[ \t,;][ \t]*/) ?? [];
  const domains = [
    ...new Set(
      words.flatMap(
        (word) => valid('sdc:dns_domain', isDomain, 'a DNS domain', word.replace(/\.$/, '')) ?? [],
      ),
    ),
  ];

  const facts: Record<string, string> = {};
  for (const [key, grammar, meaning] of factGrammars) {
    const value = line(key);
    if (value === undefined) continue;
    if (grammar(value)) facts[key.replace('sdc:', '')] = value;
    else complaints.add(key, `${quote(value)} is not ${meaning}`);
  }

  return {
    uuid,
    hostname: hostnames.find((candidate) => candidate !== undefined),
    alias: valid('sdc:alias', isPlain, 'plain text', line('sdc:alias')),
    dnsDomain: domains[0],
    searchDomains: domains,
    resolvers: resolvers(),
    maintainResolvers: flag('sdc:maintain_resolvers'),
    nics: nicItems && nics,
    routes: routeItems && routes,
    rootAuthorizedKeys:
      authorizedKeys === undefined
        ? undefined
        : decodeAuthorizedKeys(authorizedKeys, report('root_authorized_keys')),
    userData: bytes('user-data'),
    userScript: script('user'),
    operatorScript: script('operator'),
    docker: answers.get('docker:id')?.status === 'found',
    platformAgentOff: valid('lx-agent:boot', isOff, '`off`', line('lx-agent:boot')) === 'off',
    facts,
    invalid: complaints.list(),
  };
}

const blanks = ' \t\r\n';

/** Only what people and editors leave around a value; other white space (U+2028 say) makes it invalid. */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  // A loop and no pattern: one that is tied to the end takes quadratic time on a long run of blanks.
  while (start < end && blanks.includes(text.charAt(start))) start += 1;
  while (end > start && blanks.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** A byte-order mark or a blank at either end came along when the text was copied: nobody would see it. */
function isPlain(text: string): text is string {
  return text.length <= 1024 && !control.test(text) && !/[\u200b\ufeff]/.test(text) && text === text.trim();
}

function isOff(text: string): text is 'off' {
  return text === 'off';
}

/** The plain facts, by key; each is known under its key without `sdc:`. */
const factGrammars: readonly (readonly [Key, (text: string) => boolean, string])[] = [
  ['sdc:datacenter_name', isPlain, 'plain text'],
  ['sdc:owner_uuid', isUuid, 'a UUID'],
  ['sdc:image_uuid', isUuid, 'a UUID'],
  ['sdc:package_name', isPlain, 'plain text'],
  ['sdc:max_physical_memory', (text) => /^\d{1,12}$/.test(text), 'a number of MiB'],
];

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
