import type { Tree } from '../temporary-root.ts';
import { packagedUnits, systemdUnits } from './units.ts';

const shared: Tree = {
  '/etc/selinux/config':
    '# enforcing - SELinux security policy is enforced.\nSELINUX=enforcing\nSELINUXTYPE=targeted\n',
  '/etc/sysconfig/selinux': '-> ../selinux/config',
  '/etc/ssh/ssh_host_rsa_key': 'private\n',
  '/usr/share/zoneinfo/UTC': 'TZif2\nUTC0\n',
  '/usr/share/zoneinfo/America/New_York': 'TZif2\nEST5EDT\n',
  '/etc/localtime': '-> ../usr/share/zoneinfo/America/New_York',
  '/etc/init.d': '-> rc.d/init.d',
  '/etc/fstab':
    '/dev/vda1 / xfs defaults 0 0\nUUID=0a1b /boot ext4 defaults 1 2\n/dev/vda2 swap swap defaults 0 0\n192.0.2.7:/export /mnt nfs defaults 0 0\n',
  '/var/log/messages': 'Jan 1 kernel\n',
};

/** CentOS 6: Upstart 0.6.5 that runs SysV scripts. */
export const centos6: Tree = {
  ...shared,
  '/etc/redhat-release': 'CentOS release 6.10 (Final)\n',
  '/sbin/initctl': '',
  '/sbin/init': '',
  '/etc/init/tty.conf': 'exec /sbin/mingetty $TTY\n',
  '/etc/inittab': '# inittab is only used by upstart for the default runlevel.\nid:5:initdefault:\n',
  '/etc/rc.d/rc.sysinit':
    '#!/bin/bash\n/sbin/hwclock --hctosys\n/bin/dmesg -n $LOGLEVEL\nmount -n -o remount /\nmount -n -t devpts /dev/pts /dev/pts >/dev/null 2>&1\ndmesg -s 131072 > /var/log/dmesg\n',
  '/etc/rc.d/init.d/halt':
    '#!/bin/bash\n. /etc/init.d/functions\n# Save mixer and CMOS clock\n[ -x /sbin/hwclock ] && /sbin/hwclock --systohc\n\n# Run this from /sbin/halt.local\n[ -x /sbin/halt.local ] && /sbin/halt.local\nexec /sbin/reboot\n',
  '/etc/rc.d/init.d/network':
    '#!/bin/bash\n# chkconfig: 2345 10 90\ncase "$1" in\nstart) ifup eth0 ;;\nesac\n',
  '/etc/rc.d/rc3.d/S10network': '-> ../init.d/network',
  '/etc/rc.d/rc3.d/S08ip6tables': '-> ../init.d/ip6tables',
  '/etc/rc.d/rc3.d/S55sshd': '-> ../init.d/sshd',
  '/etc/sysconfig/keyboard': 'KEYTABLE="us"\n',
  '/etc/sysconfig/network': 'NETWORKING=no\nHOSTNAME=localhost.localdomain\n',
  '/etc/ssh/sshd_config': 'PasswordAuthentication yes\n',
};

/** From Red Hat 9 on the bus is dbus-broker's; dbus-daemon may be installed beside it. */
const dbusBroker: Tree = {
  ...packagedUnits('dbus-broker.service dbus-daemon.service'),
  '/usr/bin/dbus-daemon': '',
  '/etc/systemd/system/dbus.service': '-> /usr/lib/systemd/system/dbus-broker.service',
};

/** Red Hat family 7 to 10, and Fedora: systemd. */
export const redhatSystemd = (id: string, version: string): Tree => ({
  ...shared,
  '/etc/redhat-release': `${id} release ${version}\n`,
  '/etc/os-release': `NAME="${id}"\nPRETTY_NAME="${id} ${version}"\nID="${id}"\nID_LIKE="rhel fedora"\nVERSION_ID="${version}"\n`,
  '/usr/lib/systemd/systemd': '',
  '/usr/sbin/init': '-> ../lib/systemd/systemd',
  '/usr/lib/systemd/system/console-getty.service': '[Service]\n',
  '/etc/systemd/system/multi-user.target.wants/NetworkManager.service':
    '-> /usr/lib/systemd/system/NetworkManager.service',
  '/etc/NetworkManager/system-connections/ens3.nmconnection': '[connection]\nid=ens3\n',
  '/etc/sysconfig/network': '# Created by anaconda\n',
  '/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\n',
  '/etc/ssh/sshd_config.d/50-redhat.conf': 'X11Forwarding yes\n',
  ...systemdUnits,
  ...packagedUnits('auditd.service firewalld.service chronyd.service irqbalance.service kdump.service'),
  ...(version === '7' ? {} : dbusBroker),
  ...(version === '7' ? { '/etc/rc.d/init.d/network': '#!/bin/bash\nifup eth0\n' } : {}),
});
