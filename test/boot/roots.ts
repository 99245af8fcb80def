import type { InitSystem } from '../../agent/system/init.ts';

/** A root that is booted: layers made by roots.sh, topmost first, and what is PID 1. */
export interface BootRoot {
  readonly name: string;
  readonly init: InitSystem;
  readonly layers: readonly string[];
  readonly program: string;
  /** A folder under test/boot/ that is laid over the root, beside guest/. */
  readonly fixture: string;
  /** What is there in the layers and not in this root. */
  readonly removed?: readonly string[];
}

export const roots = {
  systemd: {
    name: 'systemd',
    init: 'systemd',
    layers: ['systemd'],
    program: '/sbin/init',
    fixture: 'guest-systemd',
  },
} as const satisfies Record<string, BootRoot>;
