import type { Instance } from '../metadata/instance.ts';
import type { System } from '../system/system.ts';
import { isClone } from './clone.ts';

/**
 * Whether a script is done for this boot: it ran, in this boot, in this instance, and the operator did not name its
 * step to have it run again. Where the machine has no identity of a boot, it never is.
 */
export function ranInThisBoot(script: string, step: string, instance: Instance, system: System): boolean {
  if (system.boot === undefined || system.named.has(step) || isClone(instance, system)) return false;
  return system.state.scripts[script]?.boot === system.boot;
}
