import { parseHostAddress } from './addresses.ts';
import { decodeAuthorizedKeys } from './authorized-keys.ts';
import { quote } from './complaints.ts';
import { items, type KeyValue, line, text, withoutBlanks } from './key-value.ts';
import { decodeNics, type Nic } from './nics.ts';
import { decodeRoutes, type StaticRoute } from './routes.ts';
import { decodeScript, type ScriptSource } from './scripts.ts';
import {
  type Domain,
  type Hostname,
  type IpAddress,
  isDomain,
  isHostname,
  isUuid,
  type Uuid,
} from './values.ts';

// The decoders in the table of keys. Each reports what is wrong with its value, and leaves out that part.

const authorizedKeysLimit = 1024 * 1024;
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** In lower case: otherwise a change of case would look like a new instance, which gets new host keys. */
export function uuid(value: KeyValue): Uuid | undefined {
  return valid(value, line(value)?.toLowerCase(), isUuid, 'a UUID');
}

/** `hostname`, then `sdc:hostname`, then `sdc:uuid`. May hold dots. */
export function hostname(value: KeyValue, other: (key: string) => KeyValue): Hostname | undefined {
  const given = [value, other('sdc:hostname')].map((one) =>
    valid(one, withoutRootDot(line(one)), isHostname, 'a host name'),
  );
  // The row of sdc:uuid reports a faulty UUID.
  const id = uuid({ ...other('sdc:uuid'), report: () => undefined });
  return given.find((name) => name !== undefined) ?? (id !== undefined && isHostname(id) ? id : undefined);
}

/** The search domains for short names, in order. The first one is the machine's own domain. */
export function domains(value: KeyValue): readonly Domain[] {
  const words = line(value)?.split(/[ \t]*[ \t,;][ \t]*/) ?? [];
  return [
    ...new Set(words.flatMap((word) => valid(value, withoutRootDot(word), isDomain, 'a DNS domain') ?? [])),
  ];
}

/** Name servers. `[]` is an explicitly empty list; the result is undefined when no address in a list is usable. */
export function resolvers(value: KeyValue): readonly IpAddress[] | undefined {
  const list = items(value);
  if (list === undefined) return undefined;
  const addresses = new Set<IpAddress>();
  for (const item of list) {
    const address = typeof item === 'string' ? parseHostAddress(withoutBlanks(item)) : undefined;
    if (address === undefined) value.report(`${quote(item)} is not an address`);
    else addresses.add(address);
  }
  return list.length > 0 && addresses.size === 0 ? undefined : [...addresses];
}

export function nicList(value: KeyValue): readonly Nic[] | undefined {
  const list = items(value);
  return list && decodeNics(list, value.report);
}

export function routeList(value: KeyValue): readonly StaticRoute[] | undefined {
  const list = items(value);
  return list && decodeRoutes(list, value.report);
}

/** True or false; false where the value is neither. */
export function flag(value: KeyValue): boolean {
  const word = line(value);
  if (word !== undefined && word !== 'true' && word !== 'false')
    value.report(`${quote(word)} is neither true nor false`);
  return word === 'true';
}

/** Whether the value is `off`, the only valid value. */
export function switchedOff(value: KeyValue): boolean {
  return valid(value, line(value), isOff, '`off`') === 'off';
}

/** One line without control characters. */
export function plainText(value: KeyValue): string | undefined {
  return valid(value, line(value), isPlain, 'plain text');
}

/** The digits of a number of MiB. */
export function megabytes(value: KeyValue): string | undefined {
  return valid(value, line(value), isDigits, 'a number of MiB');
}

/** The lines of an authorized_keys file; empty where the value is blank. */
export function authorizedKeys(value: KeyValue): string | undefined {
  const lines = text(value, authorizedKeysLimit);
  return lines === undefined ? undefined : decodeAuthorizedKeys(lines, value.report);
}

/** A script by value, or by the URL and the digest in two other keys. */
export function script(urlKey: string, digestKey: string) {
  return (value: KeyValue, other: (key: string) => KeyValue): ScriptSource | undefined => {
    const url = other(urlKey);
    const digest = other(digestKey);
    return decodeScript({ body: scriptText(value), url: line(url), sha256: line(digest) }, (part, reason) =>
      (part === 'url' ? url : digest).report(reason),
    );
  };
}

/** UTF-16 text contains zero bytes, so no shell can read it. */
function scriptText({ bytes, report }: KeyValue): Buffer | undefined {
  if (bytes === undefined || !['fffe', 'feff'].includes(bytes.toString('hex', 0, 2))) return bytes;
  report('is UTF-16 text; save it as UTF-8');
  return undefined;
}

/** The value as it came. */
export function bytes(value: KeyValue): Buffer | undefined {
  return value.bytes;
}

/** Whether the key has a value, whatever it is. */
export function isThere(value: KeyValue): boolean {
  return value.bytes !== undefined;
}

function valid<Value extends string>(
  { report }: KeyValue,
  candidate: string | undefined,
  grammar: (candidate: string) => candidate is Value,
  meaning: string,
): Value | undefined {
  if (candidate === undefined || grammar(candidate)) return candidate;
  report(`${quote(candidate)} is not ${meaning}`);
  return undefined;
}

/** Removes the dot of the root zone, which may end a DNS name. */
function withoutRootDot(name: string | undefined): string | undefined {
  return name?.replace(/\.$/, '');
}

/** Copied text may bring a byte-order mark, or a blank at either end, that nobody sees: both are rejected. */
function isPlain(candidate: string): candidate is string {
  return (
    candidate.length <= 1024 &&
    !control.test(candidate) &&
    !/[\u200b\ufeff]/.test(candidate) &&
    candidate === candidate.trim()
  );
}

function isDigits(candidate: string): candidate is string {
  return /^\d{1,12}$/.test(candidate);
}

function isOff(candidate: string): candidate is 'off' {
  return candidate === 'off';
}
