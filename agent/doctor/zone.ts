import { version } from 'node:os';
import { reasonNotInZone } from '../system/zone.ts';
import { type Finding, ok, wrong } from './finding.ts';

/** Whether this machine is an lx zone, by the kernel's own word where it gives it. */
export function checkZone({ kernel, reason } = lookAround()): Finding {
  if (reason === undefined) return ok('zone', `an lx zone (kernel: ${kernel})`);
  return wrong(
    'zone',
    kernel.includes('BrandZ')
      ? 'an lx zone in which /native is not mounted'
      : `not an lx zone (kernel: ${kernel}); no metadata socket, and nothing of the platform below /native`,
    kernel.includes('BrandZ')
      ? 'stop and start the instance from its host; the platform mounts /native'
      : 'nothing, if that is as it should be; to look at an image: lx-agent image check --root DIR',
  );
}

function lookAround(): { kernel: string; reason: string | undefined } {
  return { kernel: version(), reason: reasonNotInZone() };
}
