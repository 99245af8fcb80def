/** A key whose value could not be used, as a whole or in part. The reason never quotes a secret. */
export interface InvalidKey {
  readonly key: string;
  readonly reason: string;
}

/** Collects the faults of each key's value. The list stays short, whatever the metadata contains. */
export interface Complaints {
  add(key: string, reason: string): void;
  list(): readonly InvalidKey[];
}

const perKey = 20;

/** A new collection: at most 20 reasons for each key, then the number of those left out. */
export function collectComplaints(): Complaints {
  const reasons = new Map<string, { first: string[]; more: number }>();
  return {
    add(key, reason) {
      const known = reasons.get(key) ?? { first: [], more: 0 };
      if (known.first.length < perKey) known.first.push(reason);
      else known.more += 1;
      reasons.set(key, known);
    },
    list() {
      return [...reasons].flatMap(([key, { first, more }]) => [
        ...first.map((reason) => ({ key, reason })),
        ...(more > 0 ? [{ key, reason: `and ${more} more faults of this kind` }] : []),
      ]);
    },
  };
}

/** The fault of a field: `mac "x" is not a MAC address`, or `mac is missing`. */
export function fieldFault(field: string, value: unknown, wanted: string): string {
  return value === undefined || value === null
    ? `${field} is missing`
    : `${field} ${quote(value)} is ${wanted}`;
}

/** A value for use in a reason: one line of printable ASCII, truncated. Not for secrets. */
export function quote(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value);
  const printable = text.replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return printable.length <= 70 ? printable : `${printable.slice(0, 67)}...`;
}
