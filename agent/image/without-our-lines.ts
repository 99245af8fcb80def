/** A text that we edited, and others after us. */
interface EditedTwice {
  readonly path: string;
  /** Before our edit, after it, and as it is now: a character for each byte. */
  readonly was: string;
  readonly made: string;
  readonly now: string;
}

/** The text with the changes of others and without ours; false if the two cannot be told apart. */
export async function withoutOurLines({ path, was, made, now }: EditedTwice): Promise<string | false> {
  const { applyPatch, reversePatch, structuredPatch } = await import('diff');
  const ours = reversePatch(structuredPatch(path, path, was, made, '', '', { context: 1 }));
  return applyPatch(now, ours, { fuzzFactor: 2 });
}
