import { fingerprint } from '../../change/ownership.ts';
import type { ReadableRoot } from '../../system/system.ts';
import { readManifest } from '../manifest.ts';
import { readRecord } from '../record.ts';

/** Whether a file of the agent's is as it was installed. */
export type IsAsInstalled = (path: string, content: string | Buffer | undefined) => boolean;

/**
 * Hold files of the agent against their installation: by its record, and by what this program would install where it is
 * the installed version. A file of which neither tells is taken as it is, unless it is empty. Throws on a record that is
 * not ours.
 */
export function installedContent(root: ReadableRoot, version: string): IsAsInstalled {
  const recorded = new Map(
    (readRecord(root)?.entries ?? []).flatMap(({ path, after }) =>
      after.kind === 'file' ? [[path, after.hash] as const] : [],
    ),
  );
  const isThisVersion = readManifest(root).agent === version;
  return (path, content) => {
    const digest = root.digest(path);
    if (digest === undefined) return false;
    const own = content === undefined || !isThisVersion ? undefined : fingerprint(content);
    const expected = [recorded.get(path), own].filter((one) => one !== undefined);
    if (expected.length === 0) return (root.entry(path)?.size ?? 0) > 0;
    return expected.includes(digest);
  };
}
