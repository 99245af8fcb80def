import { readBoots, readRuns } from '../report/read-report.ts';
import type { Root } from '../system/root.ts';

/**
 * The name of the instance from the newest report that has one. Used when a run could not read it. Unreadable reports
 * are ignored here: the command that shows them reports them.
 */
export function knownName(root: Pick<Root, 'readText' | 'list'>): string | undefined {
  const ignore = () => undefined;
  const reports = [
    ...readRuns(root, ignore),
    ...readBoots(root, ignore).flatMap(({ early, late, attempts }) => [late, early, ...attempts]),
  ].filter((report) => report !== undefined);
  return (
    reports.find(({ hostname }) => hostname !== undefined)?.hostname ??
    reports.find(({ instance }) => instance !== undefined)?.instance
  );
}
