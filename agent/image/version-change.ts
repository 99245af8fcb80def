/** How the new version relates to the one that was there. */
export type VersionChange = 'upgrade' | 'downgrade' | 'another build';

/**
 * Compare two versions of the form `0.1.0 (4c7b3c7)`. Undefined when they are the same; two builds of one number, or
 * a version of another form, cannot be put in order.
 */
export function versionChange(before: string, after: string): VersionChange | undefined {
  if (before === after) return undefined;
  const was = numbers(before);
  const is = numbers(after);
  if (was === undefined || is === undefined) return 'another build';
  for (const [index, number] of is.entries()) {
    const other = was[index] ?? 0;
    if (number !== other) return number > other ? 'upgrade' : 'downgrade';
  }
  return 'another build';
}

function numbers(version: string): readonly number[] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)(?![\d.])/.exec(version);
  return match?.slice(1).map(Number);
}
