import type { Instance } from '../metadata/instance.ts';
import type { System } from '../system/system.ts';
import { isClone } from './clone.ts';

/**
 * Whether a script is done for this boot: it ran in this boot and in this instance, and the operator did not name its
 * step to run it again. If the boot has no identity, a script is never done.
 */
export function ranInThisBoot(script: string, step: string, instance: Instance, system: System): boolean {
  if (system.boot === undefined || system.named.has(step) || isClone(instance, system)) return false;
  return system.state.scripts[script]?.boot === system.boot;
}
