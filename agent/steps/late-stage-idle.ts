import type { Instance } from '../metadata/instance.ts';
import type { System } from '../system/system.ts';
import type { Step } from './step.ts';

/**
 * Whether none of the late steps has work in this boot that must wait for their stage. The late stage looks for itself
 * where a script ran in this boot, for it may have put a user-script into the metadata or a hook into late.d, and where
 * some of the metadata could not be used.
 */
export function isLateStageIdle(lateSteps: readonly Step[], instance: Instance, system: System): boolean {
  if (Object.values(system.state.scripts).some(({ boot }) => boot === system.boot)) return false;
  const { stepsOff } = system.configuration;
  return lateSteps.every(({ name, keys, waits }) => {
    if (stepsOff.has(name)) return true;
    const unsure = instance.invalid.some((invalid) => keys.some((key) => key === invalid.key));
    return !unsure && waits?.(instance, system) === false;
  });
}
