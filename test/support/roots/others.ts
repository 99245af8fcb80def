import type { Tree } from '../temporary-root.ts';
import { packagedUnits, systemdUnits } from './units.ts';

/** Alpine: BusyBox init that runs OpenRC, musl. */
export const alpine: Tree = {
  '/etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.1\nPRETTY_NAME="Alpine Linux v3.20"\n',
  '/etc/alpine-release': '3.20.1\n',
  '/bin/busybox': '',
  '/sbin/init': '-> /bin/busybox',
  '/sbin/openrc': '',
  '/usr/sbin/.keep': '',
  '/etc/inittab':
    '::sysinit:/sbin/openrc sysinit\n::sysinit:/sbin/openrc boot\n::wait:/sbin/openrc default\ntty1::respawn:/sbin/getty 38400 tty1\ntty2::respawn:/sbin/getty 38400 tty2\n#ttyS0::respawn:/sbin/getty -L 0 ttyS0 vt100\n::shutdown:/sbin/openrc shutdown\n',
  '/etc/init.d/networking': '#!/sbin/openrc-run\ndepend() {\n\tneed localmount\n}\nstart() {\n\tifup -a\n}\n',
  '/etc/init.d/hwclock': '#!/sbin/openrc-run\nstart() {\n\thwclock --hctosys\n}\n',
  '/etc/init.d/fsck': '#!/sbin/openrc-run\nstart() {\n\tfsck -A\n}\n',
  '/etc/runlevels/sysinit/mdev': '-> /etc/init.d/mdev',
  '/etc/runlevels/sysinit/hwdrivers': '-> /etc/init.d/hwdrivers',
  '/etc/runlevels/boot/hwclock': '-> /etc/init.d/hwclock',
  '/etc/runlevels/default/sshd': '-> /etc/init.d/sshd',
  '/etc/fstab': '/dev/cdrom /media/cdrom iso9660 noauto,ro 0 0\n',
  '/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\n',
  '/etc/motd': 'Welcome to Alpine!\n',
  '/.dockerenv': '',
};

/** Gentoo: OpenRC under sysvinit. */
export const gentoo: Tree = {
  '/etc/os-release': 'NAME=Gentoo\nID=gentoo\nPRETTY_NAME="Gentoo Linux"\n',
  '/etc/gentoo-release': 'Gentoo Base System release 2.15\n',
  '/sbin/init': '',
  '/sbin/openrc': '',
  '/etc/inittab':
    'id:3:initdefault:\nsi::sysinit:/sbin/openrc sysinit\nc1:12345:respawn:/sbin/agetty --noclear 38400 tty1 linux\nc2:2345:respawn:/sbin/agetty 38400 tty2 linux\n#s0:12345:respawn:/sbin/agetty -L 115200 ttyS0 vt100\n',
  '/etc/init.d/sysfs': '#!/sbin/openrc-run\nstart() {\n\tmount_sys\n}\n',
  '/etc/fstab': '#LABEL=boot /boot ext4 defaults 1 2\nLABEL=swap none swap sw 0 0\n',
  '/etc/ssh/sshd_config': '#PasswordAuthentication yes\n',
};

/** Void: runit, musl or glibc. */
export const voidLinux: Tree = {
  '/etc/os-release': 'NAME="Void"\nID="void"\nPRETTY_NAME="Void Linux"\n',
  '/usr/bin/runit-init': '',
  '/usr/bin/init': '-> runit-init',
  '/usr/sbin': '-> bin',
  '/sbin': '-> usr/bin',
  '/etc/runit/1': '#!/bin/sh\n',
  '/etc/rc.conf': '#HOSTNAME="void-live"\n#TIMEZONE="Europe/Madrid"\n',
  '/etc/sv/agetty-tty1/run': '#!/bin/sh\nexec agetty tty1\n',
  '/etc/sv/agetty-tty2/run': '#!/bin/sh\nexec agetty tty2\n',
  '/etc/sv/agetty-console/run': '#!/bin/sh\nexec agetty console\n',
  '/etc/runit/runsvdir/default/agetty-tty1': '-> /etc/sv/agetty-tty1',
  '/etc/ssh/sshd_config': '#PasswordAuthentication yes\n',
};

/** Arch: systemd, one bin folder. */
export const arch: Tree = {
  ...systemdUnits,
  ...packagedUnits('dbus-broker.service systemd-networkd.service systemd-networkd.socket'),
  '/usr/lib/systemd/system/dbus.service': '-> dbus-broker.service',
  '/etc/os-release': 'NAME="Arch Linux"\nID=arch\nPRETTY_NAME="Arch Linux"\n',
  '/usr/lib/systemd/systemd': '',
  '/usr/bin/init': '-> ../lib/systemd/systemd',
  '/usr/sbin': '-> bin',
  '/sbin': '-> usr/bin',
  '/usr/lib/systemd/system/console-getty.service': '[Service]\n',
  '/etc/fstab': '# Static information about the filesystems.\n',
  '/etc/resolv.conf': '-> /run/systemd/resolve/stub-resolv.conf',
};

/** openSUSE Leap: systemd and wicked. */
export const opensuse: Tree = {
  ...systemdUnits,
  ...packagedUnits('firewalld.service chronyd.service mcelog.service'),
  '/etc/os-release':
    'NAME="openSUSE Leap"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\nPRETTY_NAME="openSUSE Leap 15.6"\n',
  '/usr/lib/systemd/systemd': '',
  '/usr/sbin/init': '-> ../lib/systemd/systemd',
  '/usr/lib/systemd/system/console-getty.service': '[Service]\n',
  '/etc/systemd/system/network.service': '-> /usr/lib/systemd/system/wicked.service',
  '/etc/sysconfig/network/config': 'NETCONFIG_DNS_POLICY="auto"\n',
  '/etc/ssh/ssh_host_ecdsa_key': 'private\n',
};

/** SUSE 11: sysvinit. */
export const suse11: Tree = {
  '/etc/SuSE-release': 'SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n',
  '/sbin/init': '',
  '/etc/init.d/rc3.d/S01network': '-> ../network',
  '/etc/rc.d': '-> init.d',
  '/etc/rc3.d': '-> init.d/rc3.d',
  '/etc/inittab':
    'id:5:initdefault:\nsi::bootwait:/etc/init.d/boot\n1:2345:respawn:/sbin/mingetty --noclear tty1\n2:2345:respawn:/sbin/mingetty tty2\n#S0:12345:respawn:/sbin/agetty -L 9600 ttyS0 vt102\n',
  '/etc/fstab': 'devpts /dev/pts devpts mode=0620,gid=5 0 0\n/dev/sda2 / ext3 acl 1 1\n',
};
