import * as v from 'valibot';
import { quote } from './complaints.ts';

/**
 * Reads an object by a schema whose fields are all optional. A field of the wrong type is reported and left out; the
 * other fields are kept. Undefined when the value is not an object.
 */
export function parseLeniently<const Entries extends v.ObjectEntries>(
  schema: v.ObjectSchema<Entries, undefined>,
  value: unknown,
  report: (reason: string) => void,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> | undefined {
  const first = v.safeParse(schema, value);
  if (first.success) return first.output;
  const object = v.safeParse(v.record(v.string(), v.unknown()), value);
  if (!object.success || Array.isArray(value)) {
    report(`${quote(value)} is not an object`);
    return undefined;
  }
  const kept = { ...object.output };
  for (const issue of first.issues) {
    const field = issue.path?.[0]?.key;
    if (typeof field !== 'string' || !(field in kept)) continue;
    report(`${field}: ${quote(kept[field])} cannot be used`);
    delete kept[field];
  }
  const second = v.safeParse(schema, kept);
  return second.success ? second.output : undefined;
}
