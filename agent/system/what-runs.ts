import { lockHolder } from './lock.ts';
import { processNumber } from './process-identity.ts';
import type { Root } from './root.ts';
import { runningScript } from './running-script.ts';
import type { State } from './state.ts';

/** The lock that the late stage of a boot holds while it is at work. */
export const lateStageLock = 'late-stage';

/** A part of a boot, or a script, that runs now. */
export interface Running {
  /** `late stage`, or the name of a script. */
  readonly what: string;
  readonly pid: string;
  /** ISO 8601. */
  readonly since: string;
}

/** What of the agent runs now on the running system: the late stage of the boot, and scripts. */
export function whatRuns(
  root: Root,
  scripts: State['scripts'],
  boot: string | undefined,
): readonly Running[] {
  if (!root.live) return [];
  const late = lockHolder(root, lateStageLock);
  return [
    ...(late === undefined
      ? []
      : [{ what: 'late stage', pid: processNumber(late.process), since: late.since }]),
    ...Object.entries(scripts).flatMap(([what, record]) => {
      const running = runningScript(record, boot);
      return running === undefined ? [] : [{ what, ...running }];
    }),
  ];
}
