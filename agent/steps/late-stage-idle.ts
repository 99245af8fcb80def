import type { Instance } from '../metadata/instance.ts';
import type { System } from '../system/system.ts';
import type { Step } from './step.ts';

/**
 * Whether none of the late steps has work in this boot that must wait for their stage. A script that ran in this boot
 * may have put a user-script into the metadata, or a hook into late.d: then the late stage looks for itself.
 */
export function isLateStageIdle(lateSteps: readonly Step[], instance: Instance, system: System): boolean {
  if (Object.values(system.state.scripts).some(({ boot }) => boot === system.boot)) return false;
  const { stepsOff } = system.configuration;
  return lateSteps.every(({ name, waits }) => stepsOff.has(name) || waits?.(instance, system) === false);
}
