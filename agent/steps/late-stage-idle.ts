import type { Instance } from '../metadata/instance.ts';
import type { System } from '../system/system.ts';
import type { Step } from './step.ts';
import { zfsMounts } from './zfs-mounts.ts';

/**
 * Whether no late step has work in this boot that must wait for the late stage. The late stage looks for itself where a
 * program of somebody's ran in this boot, for it may have put a user-script into the metadata or a hook into late.d, and
 * where some of the metadata could not be used. Mounting datasets runs the platform's own program, which does neither.
 */
export function isLateStageIdle(lateSteps: readonly Step[], instance: Instance, system: System): boolean {
  const ran = Object.entries(system.state.scripts).filter(([, { boot }]) => boot === system.boot);
  if (ran.some(([name]) => name !== zfsMounts.name)) return false;
  const { stepsOff } = system.configuration;
  return lateSteps.every((step) => {
    const { name, keys } = step;
    if (stepsOff.has(name)) return true;
    const unsure = instance.invalid.some((invalid) => keys.some((key) => key === invalid.key));
    return !unsure && !mayWait(step, instance, system);
  });
}

/** Whether this boot may have something for a step that must wait; where it cannot be told, the step itself says why. */
export function mayWait({ waits }: Pick<Step, 'waits'>, instance: Instance, system: System): boolean {
  try {
    return waits?.(instance, system) !== false;
  } catch {
    return true;
  }
}
