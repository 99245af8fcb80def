import { ranInThisBoot } from './once-a-boot.ts';
import type { Step } from './step.ts';

const zfs = '/native/usr/sbin/zfs';
const name = 'zfs-mounts';

/**
 * Mount the delegated datasets of the instance. No file shows whether there are any (the device is in every zone), so the
 * step runs the platform's own tool once in each boot.
 */
export const zfsMounts: Step = {
  name,
  stage: 'early',
  summary: 'mount the delegated ZFS datasets',
  keys: [],
  plan(instance, system) {
    if (!system.root.live) return { skip: 'datasets are mounted on the running system only' };
    if (!system.root.isExecutable(zfs)) return { skip: `there is no ${zfs}` };
    if (ranInThisBoot(name, name, instance, system)) return [];
    return [
      {
        kind: 'command',
        argv: [zfs, 'mount', '-va'],
        deadline: 60,
        script: name,
        why: 'delegated datasets are mounted once in each boot',
      },
    ];
  },
};
