import * as v from 'valibot';

type Schema = Readonly<Record<string, unknown>>;

/**
 * A valibot schema as JSON Schema (draft 2020-12), for the kinds of schema that the reports use. Throws on any other
 * kind: a part left out would make the document untrue.
 */
export function jsonSchema(schema: v.GenericSchema, title: string): Schema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...translated(schema) };
}

function translated(schema: v.GenericSchema): Schema {
  const description = v.getDescription(schema);
  return { ...(description === undefined ? {} : { description }), ...kind(schema), ...bounds(schema) };
}

function kind(schema: v.GenericSchema): Schema {
  if (isKind<v.ObjectSchema<v.ObjectEntries, undefined>>(schema, 'object')) return object(schema.entries);
  if (isKind<v.ArraySchema<v.GenericSchema, undefined>>(schema, 'array'))
    return { type: 'array', items: translated(schema.item) };
  if (isKind<v.RecordSchema<v.GenericSchema<string>, v.GenericSchema, undefined>>(schema, 'record'))
    return { type: 'object', additionalProperties: translated(schema.value) };
  if (
    isKind<v.VariantSchema<string, v.ObjectSchema<v.ObjectEntries, undefined>[], undefined>>(
      schema,
      'variant',
    )
  )
    return { oneOf: schema.options.map(translated) };
  if (isKind<v.PicklistSchema<string[], undefined>>(schema, 'picklist')) return { enum: schema.options };
  if (isKind<v.LiteralSchema<string | number, undefined>>(schema, 'literal'))
    return { const: schema.literal };
  if (isKind<v.OptionalSchema<v.GenericSchema, undefined>>(schema, 'optional'))
    return translated(schema.wrapped);
  if (isKind<v.NullableSchema<v.GenericSchema, undefined>>(schema, 'nullable'))
    return { anyOf: [translated(schema.wrapped), { type: 'null' }] };
  if (isKind<v.NullishSchema<v.GenericSchema, undefined>>(schema, 'nullish'))
    return { anyOf: [translated(schema.wrapped), { type: 'null' }] };
  if (isKind<v.UnionSchema<v.GenericSchema[], undefined>>(schema, 'union'))
    return { anyOf: schema.options.map(translated) };
  if (schema.type === 'boolean' || schema.type === 'string' || schema.type === 'number')
    return { type: schema.type };
  throw new TypeError(`no JSON Schema is known for ${schema.type}`);
}

function isKind<Kind extends v.GenericSchema>(schema: v.GenericSchema, type: Kind['type']): schema is Kind {
  return schema.type === type;
}

function object(entries: v.ObjectEntries): Schema {
  const properties = Object.entries(entries).map(([name, entry]) => {
    if (!('~standard' in entry) || entry.async) throw new TypeError(`${name}: a schema that waits`);
    return { name, entry, required: entry.type !== 'optional' && entry.type !== 'nullish' };
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties.map(({ name, entry }) => [name, translated(entry)])),
    required: properties.filter(({ required }) => required).map(({ name }) => name),
  };
}

function bounds(schema: v.GenericSchema): Schema {
  const pipe: readonly unknown[] = 'pipe' in schema && Array.isArray(schema.pipe) ? schema.pipe : [];
  const bound = (type: string) =>
    pipe.find(
      (action): action is { readonly requirement: number } =>
        typeof action === 'object' &&
        action !== null &&
        'type' in action &&
        action.type === type &&
        'requirement' in action &&
        typeof action.requirement === 'number',
    )?.requirement;
  const minimum = bound('min_value');
  const maximum = bound('max_value');
  const isInteger = pipe.some(
    (action) =>
      typeof action === 'object' && action !== null && 'type' in action && action.type === 'integer',
  );
  return {
    ...(isInteger ? { type: 'integer' } : {}),
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  };
}
