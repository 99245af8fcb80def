import type { InitSystem } from '../../agent/system/init.ts';

/** A root that is booted: layers made by roots.sh, topmost first, and what is PID 1. */
export interface BootRoot {
  readonly name: string;
  readonly init: InitSystem;
  readonly layers: readonly string[];
  readonly program: string;
  /** A folder under test/boot/ that is laid over the root, beside guest/. */
  readonly fixture?: string;
  /** What is there in the layers and not in this root. */
  readonly removed?: readonly string[];
  /** How it is powered off, where not by `shutdown -h now`. */
  readonly powerOff?: readonly string[];
  readonly reboot?: readonly string[];
}

export const roots = {
  systemd: { name: 'systemd', init: 'systemd', layers: ['systemd'], program: '/sbin/init', fixture: 'guest-systemd' },
  sysvinit: { name: 'sysvinit', init: 'sysvinit', layers: ['sysvinit'], program: '/sbin/init' },
  openrc: { name: 'openrc', init: 'openrc', layers: ['openrc'], program: '/sbin/init' },
  openrcInit: {
    name: 'openrc-init',
    init: 'openrc',
    layers: ['openrc'],
    program: '/sbin/openrc-init',
    fixture: 'guest-openrc-init',
    removed: ['/usr/sbin/init'],
    powerOff: ['/sbin/openrc-shutdown', '--poweroff', 'now'],
    reboot: ['/sbin/openrc-shutdown', '--reboot', 'now'],
  },
  runit: { name: 'runit', init: 'runit', layers: ['runit'], program: '/sbin/init', fixture: 'guest-runit' },
  busybox: {
    name: 'busybox',
    init: 'busybox',
    layers: ['busybox'],
    program: '/sbin/init',
    fixture: 'guest-busybox',
  },
  openrcBusybox: {
    name: 'openrc-busybox',
    init: 'openrc',
    layers: ['openrc', 'busybox'],
    program: '/sbin/init',
    fixture: 'guest-openrc-busybox',
    removed: ['/usr/sbin/shutdown'],
  },
} as const satisfies Record<string, BootRoot>;
