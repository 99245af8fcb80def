import type { Tree } from '../temporary-root.ts';

/** Unit files as packages have them, for what only asks whether they are there. */
export function packagedUnits(names: string): Tree {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [`/usr/lib/systemd/system/${name}`, '']),
  );
}

/** Those of systemd itself, in every distribution. */
export const systemdUnits = packagedUnits(
  `systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service
  systemd-networkd-wait-online.service modprobe@.service kmod-static-nodes.service dev-hugepages.mount
  sys-kernel-debug.mount`,
);
