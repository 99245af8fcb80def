import type { Instance } from '../metadata/instance.ts';
import type { System } from '../system/system.ts';

/** Whether this root belonged to another instance: both ids are known and differ. Records of 0.1.0 may be in upper case. */
export function isClone(instance: Instance, system: Pick<System, 'state'>): boolean {
  const { instance: recorded } = system.state;
  return instance.uuid !== undefined && recorded !== undefined && recorded.toLowerCase() !== instance.uuid;
}
