import { fingerprint } from '../../change/ownership.ts';
import type { ReadableRoot } from '../../system/system.ts';
import { readManifest } from '../manifest.ts';
import { readRecord } from '../record.ts';

/** Whether a file of the agent is as it was installed. */
export type IsAsInstalled = (path: string, content: string | Buffer | undefined) => boolean;

/**
 * Compare files of the agent with the record of their installation, and with what this program would install if it is
 * the installed version. A file that neither knows passes unless it is empty. Throws if the record is not ours.
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
