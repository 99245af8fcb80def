/**
 * The known word that the user most likely meant: the nearest one by edit distance, with at most one edit per three
 * letters. Without one, the only known word that begins with the given word. Otherwise undefined.
 */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  if (wanted.length > 40) return undefined;
  const near = known
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= Math.max(1, Math.floor(wanted.length / 3)))
    .sort((one, other) => one.edits - other.edits);
  const beginning =
    wanted.replace(/^-*/, '').length < 2
      ? []
      : known.filter((candidate) => candidate.toLowerCase().startsWith(wanted));
  return near[0]?.candidate ?? (beginning.length === 1 ? beginning[0] : undefined);
}

/** The optimal string alignment distance of two words. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const swapped =
        row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = next;
  }
  return last[other.length] ?? 0;
}
