import { readBoots, readRuns } from '../report/read-report.ts';
import type { Root } from '../system/root.ts';

/**
 * The name of the instance by the newest report that has one, for a run that learnt none; undefined where none has.
 * Reports that cannot be read are passed over: who shows them says so.
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
