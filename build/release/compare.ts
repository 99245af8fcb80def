import { digestsOf } from './digests.ts';

/** The names of the files that are in one folder only, or not the same in both. */
export function differences(one: string, other: string): readonly string[] {
  const [first, second] = [one, other].map(
    (folder) => new Map(digestsOf(folder).map(({ name, sha256 }) => [name, sha256])),
  );
  const names = new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])]);
  return [...names].filter((name) => first?.get(name) !== second?.get(name)).toSorted();
}
