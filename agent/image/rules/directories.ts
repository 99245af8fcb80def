import type { Rule } from '../rule.ts';

export const directoryRules: readonly Rule[] = [
  {
    id: 'system-directories',
    category: 'directories',
    summary: 'the mount points that a container image leaves out',
    reason: 'the platform mounts /proc and the like before init runs, and daemons expect their folders',
    source: 'RFD 15; lx_install.ksh',
    wants: [
      ...['/dev', '/dev/shm', '/proc', '/run', '/sys', '/var/log'].map((directory) => ({
        directory,
        mode: 0o755,
      })),
      { directory: '/tmp', mode: 0o1777, exact: true },
    ],
  },
  {
    id: 'native-directories',
    category: 'directories',
    summary: 'the mount points below /native',
    reason: 'the platform mounts its own programs, libraries and devices there',
    source: 'RFD 15; create-lx-image',
    wants: ['dev', 'etc', 'lib', 'proc', 'tmp', 'usr', 'var'].map((name) => ({
      directory: `/native/${name}`,
      mode: 0o755,
    })),
  },
  {
    id: 'state-directories',
    category: 'directories',
    summary: '/var/svc and /var/db',
    reason: 'the host waits for a rename in /var/svc; user-data is kept in /var/db',
    source: 'smartos-live metadata agent; sdc-vmtools-lx-brand',
    wants: [
      { directory: '/var/svc', mode: 0o755 },
      { directory: '/var/db', mode: 0o755 },
    ],
  },
];
