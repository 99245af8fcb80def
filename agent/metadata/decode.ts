import type { Answer } from './answer.ts';
import { collectComplaints } from './complaints.ts';
import type { Instance } from './instance.ts';
import { type KeyValue, keyValue } from './key-value.ts';
import { type Fields, keys } from './keys.ts';
import { oneRouteEach } from './one-route-each.ts';

/**
 * Decodes and validates every fetched key once. `invalid` lists faulty values, and keys that the server failed to give;
 * both are left out. This never throws, whatever the metadata contains.
 */
export function decodeInstance(answers: ReadonlyMap<string, Answer>): Instance {
  const complaints = collectComplaints();
  const values = new Map(
    Object.keys(keys).map((key) => [key, keyValue(key, answers.get(key), complaints)] as const),
  );
  const fields = decodeFields((key) => values.get(key) ?? keyValue(key, undefined, complaints));
  const { nics, routes } = oneRouteEach(fields.nics ?? [], fields.routes ?? [], complaints.add);
  return {
    ...fields,
    nics: fields.nics && nics,
    routes: fields.routes && routes,
    dnsDomain: fields.searchDomains[0],
    invalid: complaints.list(),
  };
}

/** Makes the fields of all rows. The compiler cannot follow the loop, so the overload states what it returns. */
function decodeFields(of: (key: string) => KeyValue): Fields;
function decodeFields(of: (key: string) => KeyValue): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const [key, { field, decode }] of Object.entries(keys))
    if (field !== undefined) fields[field] = decode?.(of(key), of);
  return fields;
}
