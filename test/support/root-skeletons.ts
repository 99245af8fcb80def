import type { Tree } from './temporary-root.ts';

/** What roots of each kind hold, as far as it tells their init system: a value of `-> target` is a link. */
const debianSysv: Tree = {
  '/etc/inittab': 'id:2:initdefault:\nsi::sysinit:/etc/init.d/rcS\n',
  '/etc/init.d/networking': '#!/bin/sh\n',
  '/sbin/init': 'ELF INIT: version 3.06 booting /etc/inittab',
};

export const skeletons = {
  'Debian, systemd': {
    '/sbin/init': '-> /lib/systemd/systemd',
    '/lib/systemd/systemd': 'ELF',
    '/etc/init.d/ssh': '',
    '/etc/rcS.d/README': '',
  },
  'Debian with merged /usr, systemd': {
    '/sbin': '-> usr/sbin',
    '/usr/sbin/init': '-> ../lib/systemd/systemd',
    '/usr/lib/systemd/systemd': 'ELF',
  },
  'Fedora without /usr/sbin, systemd': {
    '/sbin': '-> usr/bin',
    '/usr/bin/init': '-> ../lib/systemd/systemd',
  },
  'Debian, sysvinit': { ...debianSysv, '/etc/rcS.d/S09networking': '-> ../init.d/networking' },
  'Devuan, sysvinit with systemd files of packages': {
    ...debianSysv,
    '/lib/systemd/system/ssh.service': '',
    '/etc/rcS.d/S09networking': '-> ../init.d/networking',
  },
  'Devuan, OpenRC': {
    ...debianSysv,
    '/sbin/openrc': 'ELF',
    '/etc/runlevels/sysinit/networking': '-> /etc/init.d/networking',
    '/etc/runlevels/default/ssh': '-> /etc/init.d/ssh',
  },
  'Debian, runit': {
    '/sbin/init': '-> /lib/runit/runit-init',
    '/etc/inittab': '',
    '/etc/runit/1': '',
    '/etc/init.d/networking': '',
    '/etc/rcS.d/S07mountall-bootclean.sh': '-> ../init.d/mountall-bootclean.sh',
    '/etc/rcS.d/S09networking': '-> ../init.d/networking',
  },
  'Alpine, OpenRC on BusyBox': {
    '/sbin/init': '-> /bin/busybox',
    '/bin/busybox': 'ELF',
    '/sbin/openrc': 'ELF',
    '/etc/inittab': '::sysinit:/sbin/openrc sysinit\n',
    '/etc/runlevels/boot/networking': '-> /etc/init.d/networking',
  },
  'BusyBox alone': { '/sbin/init': '-> ../bin/busybox', '/etc/inittab': '::sysinit:/etc/init.d/rcS\n' },
  'Gentoo, OpenRC on sysvinit': {
    '/sbin/init': 'ELF /etc/inittab',
    '/sbin/openrc': 'ELF',
    '/etc/runlevels/boot/hostname': '-> /etc/init.d/hostname',
  },
  'Gentoo, openrc-init': { '/sbin/init': '-> openrc-init', '/etc/runlevels/boot/hostname': '' },
  'Void, runit': {
    '/sbin': '-> usr/bin',
    '/usr/bin/init': '-> runit-init',
    '/etc/runit/1': '',
    '/etc/runit/core-services/03-filesystems.sh': '',
    '/etc/runit/runsvdir/default/sshd': '-> /etc/sv/sshd',
  },
  'Ubuntu 14.04, Upstart': {
    '/sbin/init': 'ELF init (upstart 1.12.1) com.ubuntu.Upstart',
    '/sbin/initctl': 'ELF',
    '/etc/init/networking.conf': '',
    '/etc/init.d/rc': '',
    '/etc/rcS.d/README': '',
  },
  'CentOS 6, Upstart and rc scripts': {
    '/sbin/init': 'ELF init (upstart 0.6.5)',
    '/sbin/initctl': 'ELF',
    '/etc/init/rc.conf': '',
    '/etc/inittab': 'id:3:initdefault:\n',
    '/etc/init.d': '-> rc.d/init.d',
    '/etc/rc.d/rc.sysinit': '',
    '/etc/rc.d/rc3.d/S10network': '-> ../init.d/network',
  },
  'a root without an init': { '/etc/os-release': 'ID=debian\n', '/bin/sh': 'ELF' },
} as const satisfies Record<string, Tree>;

export type SkeletonName = keyof typeof skeletons;
