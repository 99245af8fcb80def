import type { Instance } from '../metadata/instance.ts';
import type { System } from '../system/system.ts';
import type { Step } from './step.ts';
import { zfsMounts } from './zfs-mounts.ts';

/**
 * Whether no late step has work that must wait for the late stage of this boot. The late stage has to check by itself if
 * part of the metadata was unusable, or if a user's program ran in this boot: that program may have put a user-script
 * into the metadata or a hook into late.d. The platform's own program, which mounts datasets, does neither.
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

/** Whether this boot may have work for a step that must wait. If that is unknown: yes, and the step reports why. */
export function mayWait({ waits }: Pick<Step, 'waits'>, instance: Instance, system: System): boolean {
  try {
    return waits?.(instance, system) !== false;
  } catch {
    return true;
  }
}
