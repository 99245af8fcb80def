import type { Tree } from '../temporary-root.ts';
import { packagedUnits, systemdUnits } from './units.ts';

/** What the rules look at in a Debian root, as the packages ship it; without an init system. */
const base: Tree = {
  '/etc/fstab': '# UNCONFIGURED FSTAB FOR BASE SYSTEM\n',
  '/etc/motd': '\nThe programs included with the Debian GNU/Linux system are free software\n',
  '/etc/resolv.conf': 'nameserver 192.0.2.53\n',
  '/etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  '/var/lib/dbus/machine-id': '0123456789abcdef0123456789abcdef\n',
  '/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\n#PasswordAuthentication yes\nUsePAM yes\n',
  '/etc/ssh/sshd_config.d': null,
  '/etc/ssh/ssh_host_ed25519_key': 'private\n',
  '/etc/ssh/ssh_host_ed25519_key.pub': 'public\n',
  '/etc/ssh/moduli': '# Time Type Tests Tries Size Generator Modulus\n',
  '/etc/network/interfaces': 'source /etc/network/interfaces.d/*\n',
  '/etc/init.d/networking': '#!/bin/sh -e\n### BEGIN INIT INFO\n# Provides: networking\n### END INIT INFO\n',
  '/usr/share/zoneinfo/UTC': 'TZif2\nUTC0\n',
  '/etc/localtime': '-> /usr/share/zoneinfo/Etc/UTC',
  '/usr/sbin/.keep': '',
  '/sbin': '-> usr/sbin',
  '/lib': '-> usr/lib',
  '/var/log/dpkg.log': '2026-01-01 install\n',
  '/var/log/dpkg.log.1': '2025-12-01 install\n',
  '/var/log/apt/history.log': 'Commandline: apt-get install\n',
  '/root/.bash_history': 'apt-get install\n',
};

const release = (id: string, version: string, name: string): Tree => ({
  '/etc/debian_version': '12.5\n',
  ...(id === 'ubuntu' ? { '/etc/lsb-release': `DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=${version}\n` } : {}),
  '/etc/os-release': `PRETTY_NAME="${name}"\nID=${id}\nVERSION_ID="${version}"\n${id === 'debian' ? '' : 'ID_LIKE=debian\n'}`,
});

const gettys = [1, 2, 3, 4, 5, 6]
  .map((n) => `${n}:${n === 1 ? '2345' : '23'}:respawn:/sbin/getty 38400 tty${n}\n`)
  .join('');

/** Debian 12 with systemd. */
export const debianSystemd: Tree = {
  ...base,
  ...release('debian', '12', 'Debian GNU/Linux 12 (bookworm)'),
  ...systemdUnits,
  ...packagedUnits('systemd-timesyncd.service systemd-pstore.service'),
  '/usr/lib/systemd/systemd': '',
  '/usr/sbin/init': '-> /lib/systemd/systemd',
  '/usr/lib/systemd/system/console-getty.service': '[Service]\nExecStart=-/sbin/agetty console\n',
  '/usr/lib/systemd/system/ssh.service': '[Service]\nExecStart=/usr/sbin/sshd -D\n',
  '/etc/systemd/system/multi-user.target.wants/ssh.service': '-> /lib/systemd/system/ssh.service',
  '/var/log/journal/0123456789abcdef0123456789abcdef/system.journal': 'LPKSHHRH',
};

/** Ubuntu 24.04: netplan, systemd-resolved's resolv.conf, sshd by its socket. */
export const ubuntuSystemd: Tree = {
  ...debianSystemd,
  ...release('ubuntu', '24.04', 'Ubuntu 24.04 LTS'),
  ...packagedUnits(
    `systemd-networkd.service systemd-networkd.socket multipathd.service multipathd.socket snapd.service
    snapd.socket snapd.seeded.service ufw.service`,
  ),
  '/etc/resolv.conf': '-> ../run/systemd/resolve/stub-resolv.conf',
  '/etc/netplan/00-installer-config.yaml': 'network: {version: 2}\n',
  '/etc/netplan/50-cloud-init.yaml': 'network: {version: 2}\n',
};

/** Ubuntu 14.04 with Upstart. */
export const ubuntuUpstart: Tree = {
  ...base,
  ...release('ubuntu', '14.04', 'Ubuntu 14.04.6 LTS'),
  '/usr/sbin/initctl': '',
  '/usr/sbin/init': '',
  '/etc/ssh/sshd_config': '#PasswordAuthentication yes\nUsePAM yes\n',
  '/etc/init/mountall.conf': 'start on startup\nexpect daemon\n',
  '/etc/init/networking.conf': 'start on (local-filesystems and stopped udevtrigger)\nexec ifup -a\n',
  '/etc/init/container-detect.conf': 'start on mounted MOUNTPOINT=/run\n',
  '/etc/init/tty1.conf': 'start on stopped rc RUNLEVEL=[2345]\nexec /sbin/getty -8 38400 tty1\n',
  '/etc/rcS.d/S13udev': '-> ../init.d/udev',
  '/etc/udev/rules.d/70-persistent-net.rules': 'SUBSYSTEM=="net", ATTR{address}=="02:00:00:00:00:01"\n',
};

function initScript(provides: string, required: string): string {
  return `#! /bin/sh\n### BEGIN INIT INFO\n# Provides:          ${provides}\n# Required-Start:    ${required}\n# Default-Start:     S\n### END INIT INFO\n`;
}

/** Devuan with sysvinit. */
export const devuanSysvinit: Tree = {
  ...base,
  ...release('devuan', '5', 'Devuan GNU/Linux 5 (daedalus)'),
  '/usr/sbin/init': '',
  '/etc/inittab': `id:2:initdefault:\nsi::sysinit:/etc/init.d/rcS\n${gettys}`,
  '/etc/init.d/rc': '#! /bin/sh\n',
  '/usr/sbin/insserv': '',
  '/etc/init.d/checkroot.sh': initScript('checkroot mtab', 'mountdevsubfs hostname'),
  '/etc/init.d/checkroot-bootclean.sh': initScript('checkroot-bootclean', 'checkroot'),
  '/etc/init.d/checkfs.sh': initScript('checkfs', 'checkroot'),
  '/etc/init.d/mountall.sh': initScript('mountall', 'checkfs checkroot-bootclean'),
  '/etc/init.d/.depend.boot': `TARGETS = hostname.sh mountdevsubfs.sh mountall.sh networking procps checkroot-bootclean.sh checkroot.sh checkfs.sh
INTERACTIVE = checkroot.sh checkfs.sh
mountall.sh: checkfs.sh checkroot-bootclean.sh
networking: mountall.sh procps
checkroot-bootclean.sh: checkroot.sh
checkroot.sh: mountdevsubfs.sh hostname.sh
checkfs.sh: checkroot.sh
`,
  '/etc/rcS.d/S03udev': '-> ../init.d/udev',
  '/etc/rcS.d/S04checkroot.sh': '-> ../init.d/checkroot.sh',
  '/etc/rcS.d/S05checkfs.sh': '-> ../init.d/checkfs.sh',
  '/etc/rcS.d/S06checkroot-bootclean.sh': '-> ../init.d/checkroot-bootclean.sh',
  '/etc/rcS.d/S07mountall.sh': '-> ../init.d/mountall.sh',
  '/etc/rcS.d/S08procps': '-> ../init.d/procps',
  '/etc/rcS.d/S09networking': '-> ../init.d/networking',
  '/etc/rc2.d/S01ssh': '-> ../init.d/ssh',
};
