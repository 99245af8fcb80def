import type { Image, Rule } from '../rule.ts';
import { doWithout } from '../stopped-scripts.ts';
import type { Want } from '../want.ts';

function mask(unit: string): Want {
  return { link: `/etc/systemd/system/${unit}`, target: '/dev/null' };
}

function words(text: string): readonly string[] {
  return text.split(/\s+/);
}

const upstartOff = `acpid control-alt-delete console-setup dmesg hwclock hwclock-save irqbalance module-init-tools
mounted-dev mounted-debugfs network-interface-security plymouth plymouth-log plymouth-shutdown plymouth-splash
plymouth-stop plymouth-upstart-bridge setvtrgb tty1 tty2 tty3 tty4 tty5 tty6 ttyS0 udev udevmonitor udevtrigger
udev-fallback-graphics udev-finish upstart-udev-bridge ureadahead ureadahead-other ureadahead-touch whoopsie`;

const redhatOff = `acpid auditd gpm hpoj ip6tables iptables irda irqbalance iscsi isdn kdump kudzu mdmpd mdmonitor
microcode_ctl netdump ntpd ntpdate pcmcia psacct quota_nld random rawdevices smartd`;

/** By the names of Alpine, Gentoo and Debian, a line for each kind of service that the rule names. */
const openrcOff = words(`hwdrivers mdev mdevd mdevd-init udev udev-trigger udev-settle udev-postmount
dmesg
swclock osclock hwclock.sh
modules modules-load modloop kmod kmod-static-nodes
sysctl procps
keymaps save-keymaps loadkmap consolefont termencoding save-termencoding numlock keyboard-setup.sh console-setup.sh
swap swapfiles`);

const sysvOff = words('checkfs.sh checkroot.sh hwclock.sh kmod mtab.sh procps udev udev-mtab');

/**
 * Debian's first script, checkroot.sh, is also the one that makes /etc/mtab, by which umount and df go. The platform may
 * have deleted it; mountall.sh is of the same package.
 */
function sysvServices({ root, distribution, init }: Image): readonly Want[] {
  const stopped: Want = {
    stopped: sysvOff,
    folders: ['S', '2', '3', '4', '5'].map((level) => `/etc/rc${level}.d`),
  };
  if (distribution.family !== 'debian' || init === 'systemd' || init === 'upstart') return [stopped];
  return [
    stopped,
    ...doWithout(sysvOff, root),
    { link: '/etc/mtab', target: '/proc/mounts', beside: '/etc/init.d/mountall.sh' },
  ];
}

const terminals = ['tty1', 'tty2', 'tty3', 'tty4', 'tty5', 'tty6', 'ttyS0'];

export const serviceRules: readonly Rule[] = [
  {
    id: 'systemd-network-managers',
    category: 'services',
    summary: 'NetworkManager and wicked off',
    reason: 'the platform has configured the interfaces, and a manager would take them down or wait for udev',
    source: 'RFD 15; lx_boot_zone_{redhat,suse}.ksh',
    when: { inits: ['systemd'] },
    wants: words(
      `NetworkManager.service NetworkManager-dispatcher.service NetworkManager-wait-online.service
      wicked.service wickedd.service wickedd-auto4.service wickedd-dhcp4.service wickedd-dhcp6.service
      wickedd-nanny.service`,
    ).map(mask),
  },
  {
    id: 'systemd-resolved',
    category: 'services',
    summary: 'systemd-resolved off',
    reason: 'it cannot start in a zone, and resolv.conf comes from the metadata',
    source: 'lx-images',
    when: { inits: ['systemd'] },
    wants: [mask('systemd-resolved.service')],
  },
  {
    id: 'systemd-disks',
    category: 'services',
    summary: 'what trims, scrubs and remounts disks, and removes kernels, off',
    reason: 'a zone has no disks and no kernel of its own: the units fail at each boot',
    source: 'RFD 15; lx-images',
    when: { inits: ['systemd'] },
    wants: words(
      `fstrim.service fstrim.timer e2scrub_all.service e2scrub_all.timer e2scrub_reap.service
      systemd-remount-fs.service run-rpc_pipefs.mount var-lib-nfs-rpc_pipefs.mount purge-kernels.service`,
    ).map(mask),
  },
  {
    id: 'ssh-socket',
    category: 'services',
    summary: 'sshd as a service of its own in place of ssh.socket',
    reason: 'socket activation of sshd does not work in a zone',
    source: 'lx-images',
    when: { inits: ['systemd'] },
    wants: ({ root }) => {
      const unit = ['/usr/lib', '/lib']
        .map((folder) => `${folder}/systemd/system/ssh.service`)
        .find((path) => root.entry(path) !== undefined);
      if (unit === undefined) return [];
      return [
        mask('ssh.socket'),
        { link: '/etc/systemd/system/multi-user.target.wants/ssh.service', target: unit },
      ];
    },
  },
  {
    id: 'upstart-off',
    category: 'services',
    summary: 'no udev, no clock, no splash screen, no virtual terminals',
    reason: 'a zone has none of the devices, and jobs that wait for them hold the boot up',
    source: 'RFD 15; lx_boot_zone_{debian,ubuntu,redhat}.ksh',
    when: { inits: ['upstart'] },
    wants: words(upstartOff).map((job) => ({ file: `/etc/init/${job}.override`, content: 'manual\n' })),
  },
  {
    id: 'sysv-off',
    category: 'services',
    summary: 'no file-system checks, no clock, no modules, no sysctl, no udev',
    reason: 'a zone has none of the devices, and may not set kernel parameters',
    source: 'RFD 15; lx_boot_zone_{debian,suse}.ksh',
    when: { families: ['debian', 'suse'] },
    wants: sysvServices,
  },
  {
    id: 'redhat-off',
    category: 'services',
    summary: 'no firewall, clock, audit and hardware services',
    reason: 'they need devices or kernel interfaces that a zone has not',
    source: 'RFD 15; lx_boot_zone_redhat.ksh',
    when: { families: ['redhat'], inits: ['upstart', 'sysvinit'] },
    wants: [
      {
        stopped: words(redhatOff),
        folders: [2, 3, 4, 5].map((level) => `/etc/rc.d/rc${level}.d`),
      },
    ],
  },
  {
    // Debian's checkroot.sh and checkfs.sh stay: mountall.sh needs them, and without block devices they do nothing.
    id: 'openrc-hardware',
    category: 'services',
    summary: 'no device managers, kernel log, clock, modules, sysctl, key maps and swap in the run-levels',
    reason:
      'a zone has none of the devices, and may not set the clock and kernel parameters; hwclock stays as a stub that provides the clock',
    source: 'lx-images, alpine; RFD 15; the init scripts of Alpine, Gentoo and Debian',
    when: { inits: ['openrc'] },
    wants: ['sysinit', 'boot', 'default'].flatMap((level) =>
      openrcOff.map((name) => ({ remove: `/etc/runlevels/${level}/${name}` })),
    ),
  },
  {
    id: 'runit-terminals',
    category: 'services',
    summary: 'no getty on a virtual or serial terminal',
    reason: "a zone has neither; a `down` file is no package's, so an update leaves it",
    source: 'lx-images, void; runsv(8)',
    when: { inits: ['runit'] },
    wants: ['agetty', 'getty'].flatMap((getty) =>
      terminals.map((terminal) => ({
        file: `/etc/sv/${getty}-${terminal}/down`,
        content: '',
        beside: `/etc/sv/${getty}-${terminal}`,
      })),
    ),
  },
];
