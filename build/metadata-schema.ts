import * as v from 'valibot';
import { type Key, keys } from '../agent/metadata/keys.ts';
import { nicSchema } from '../agent/metadata/nics.ts';
import { routeSchema } from '../agent/metadata/routes.ts';

/** The keys whose values have a form of their own; a value that is no string stands for its JSON text. */
const forms: Readonly<Partial<Record<Key, v.GenericSchema>>> = {
  'sdc:resolvers': v.union([v.array(v.string()), v.string()]),
  'sdc:nics': v.union([v.array(nicSchema), v.string()]),
  'sdc:routes': v.union([v.array(routeSchema), v.string()]),
  'sdc:maintain_resolvers': v.union([v.boolean(), v.picklist(['true', 'false'])]),
  'sdc:max_physical_memory': v.union([v.number(), v.string()]),
  'lx-agent:boot': v.literal('off'),
};

/** Metadata in a file, as `lx-agent config check --metadata` takes it. Keys that are not named here are the customer's. */
export const metadataSchema = v.pipe(
  v.object(
    Object.fromEntries(
      Object.entries(keys).map(([key, { meaning }]) => [
        key,
        v.optional(v.pipe(formOf(key), v.description(meaning))),
      ]),
    ),
  ),
  v.description('Metadata of an instance, from key to value. Other keys may be there: they are for scripts.'),
);

function formOf(key: string): v.GenericSchema {
  const found = Object.entries(forms).find(([name]) => name === key);
  return found?.[1] ?? v.string();
}
