import type { ReadableRoot } from '../../system/system.ts';
import type { Image, Rule } from '../rule.ts';
import { isOwn, vendorFolders } from '../unit-files.ts';
import type { Want } from '../want.ts';

/** Units that some distribution starts by default and that can never do their work in a zone. */
interface Impossible {
  readonly id: string;
  readonly summary: string;
  readonly reason: string;
  readonly source: string;
  readonly forBuilders?: true;
  readonly units: string;
}

/**
 * By what they need. They are what the presets of Debian, Ubuntu, Fedora, Red Hat, SUSE and Arch start, and what
 * systemd itself starts everywhere; docs/zone.md has the facts about the kernel.
 */
const impossible: readonly Impossible[] = [
  {
    id: 'systemd-devices',
    summary: 'no device manager',
    reason: 'the kernel announces no devices and /sys cannot be written, so udev has nothing to do',
    source: 'lx_sysvnops.c; the units of systemd',
    units: `systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket
      systemd-udevd-varlink.socket systemd-udev-trigger.service systemd-udev-settle.service
      systemd-udev-load-credentials.service`,
  },
  {
    id: 'systemd-kernel',
    summary: 'no kernel modules, and no mounts of file systems that the kernel does not have',
    reason:
      'a zone cannot load modules, dump or replace the kernel, and has no debugfs, hugetlbfs, mqueue or fuse',
    source:
      'lx_syscall.c; lx_mount.c; the units of systemd; presets of Fedora and Red Hat; Debian kdump-tools',
    units: `modprobe@.service systemd-modules-load.service kmod-static-nodes.service sys-kernel-config.mount
      sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount dev-hugepages.mount
      dev-mqueue.mount proc-sys-fs-binfmt_misc.automount proc-sys-fs-binfmt_misc.mount systemd-binfmt.service
      systemd-pstore.service kdump.service kdump-tools.service kexec.service kexec-load.service`,
  },
  {
    id: 'systemd-hardware',
    summary: 'no services for hardware',
    reason: 'a zone has no processors, disks, buses, radios, sensors or screens of its own',
    source: 'platform.xml; RFD 15; presets of Fedora, Red Hat and SUSE; Ubuntu Server',
    units: `irqbalance.service microcode.service mcelog.service rasdaemon.service smartd.service
      smartmontools.service thermald.service tuned.service ksm.service ksmtuned.service rngd.service
      mdmonitor.service mdmonitor-oneshot.timer lvm2-monitor.service lvm2-lvmetad.socket lvm2-lvmpolld.socket
      dm-event.socket blk-availability.service multipathd.service multipathd.socket iscsi.service iscsid.service
      iscsid.socket iscsiuio.socket open-iscsi.service nvmefc-boot-connections.service nvmf-autoconnect.service
      zramswap.service systemd-zram-setup@.service udisks2.service fwupd.service fwupd-refresh.service
      fwupd-refresh.timer bluetooth.service ModemManager.service upower.service acpid.service acpid.socket
      acpid.path gpm.service alsa-restore.service alsa-state.service systemd-rfkill.service systemd-rfkill.socket
      systemd-backlight@.service systemd-vconsole-setup.service console-setup.service keyboard-setup.service
      setvtrgb.service plymouth-start.service plymouth-read-write.service plymouth-quit.service
      plymouth-quit-wait.service`,
  },
  {
    id: 'systemd-audit',
    summary: 'no audit daemon',
    reason: 'the kernel writes no audit records',
    source: 'lx_netlink.c, lx_audit.c; presets of Fedora, Red Hat and SUSE',
    units: 'auditd.service audit-rules.service',
  },
  {
    id: 'systemd-firewalls',
    summary: 'no packet filter',
    reason: 'the kernel has no netfilter; the firewall of an instance is on its host',
    source: 'lx_netlink.c; fwadm(8); presets of Fedora, Red Hat and SUSE; Ubuntu Server',
    units: `firewalld.service nftables.service iptables.service ip6tables.service ebtables.service
      netfilter-persistent.service ufw.service SuSEfirewall2.service SuSEfirewall2_init.service`,
  },
  {
    id: 'systemd-clock',
    summary: 'nothing that sets the clock',
    reason: "the clock is the host's, and a zone may not set it",
    source: 'lx_syscall.c (clock_adjtime); presets of Fedora, Red Hat, SUSE and Ubuntu',
    // Who serves the time to others without setting the clock (chronyd -x) has decided so on a machine in use.
    forBuilders: true,
    units: `chrony.service chronyd.service chronyd-restricted.service chrony-wait.service ntp.service ntpd.service
      ntpdate.service ntpsec.service ntpsec-wait.service openntpd.service systemd-timesyncd.service
      systemd-time-wait-sync.service`,
  },
  {
    id: 'systemd-wait-online',
    summary: 'no systemd-networkd, and nothing that waits for it to be online',
    reason:
      'the platform brings the interfaces up before init, and networkd asks for a netlink protocol that the kernel does not have, so that it cannot start',
    source: 'lx_netlink.c (NETLINK_GENERIC); systemd-networkd-wait-online.service(8)',
    units: `systemd-networkd.service systemd-networkd.socket systemd-networkd-varlink.socket
      systemd-networkd-varlink-metrics.socket systemd-networkd-resolve-hook.socket
      systemd-networkd-persistent-storage.service systemd-networkd-wait-online.service
      systemd-networkd-wait-online@.service`,
  },
  {
    id: 'systemd-namespaces',
    summary: 'nothing that hands out namespaces, loads BPF programs or watches control groups of version 2',
    reason: 'the kernel has none of the three',
    source: 'clone.c; lx_syscall.c (bpf); lx_mount.c; presets of Fedora',
    units: `systemd-nsresourced.service systemd-nsresourced.socket systemd-mountfsd.service systemd-mountfsd.socket
      systemd-oomd.service systemd-oomd.socket`,
  },
  {
    id: 'systemd-snaps',
    summary: 'no snaps',
    reason: 'a snap is a squashfs image, which the kernel cannot mount; the boot waits for them to be there',
    source: 'lx_mount.c; Ubuntu Server',
    units: `snapd.service snapd.socket snapd.seeded.service snapd.apparmor.service snapd.autoimport.service
      snapd.core-fixup.service snapd.recovery-chooser-trigger.service snapd.system-shutdown.service`,
  },
];

/** Masked by a rule of its own, whether the image has it or not: the platform did that before. */
const networkManager = {
  id: 'systemd-network-managers',
  reason: 'it asks for a netlink protocol that the kernel does not have, and aborts',
  units: 'NetworkManager.service',
};

/** Why a unit can never work in a zone, and the rule that masks it; undefined for any other unit. */
export function impossibility(unit: string): { readonly reason: string; readonly rule: string } | undefined {
  const found = [...impossible, networkManager].find(({ units }) => units.split(/\s+/).includes(unit));
  return found === undefined ? undefined : { reason: found.reason, rule: found.id };
}

/** Masks for what the image has, but for units that somebody has written or changed in /etc: they know what they do. */
function masks(units: readonly string[], root: ReadableRoot): Want[] {
  return units
    .filter((name) => vendorFolders.some((folder) => root.entry(`${folder}/${name}`) !== undefined))
    .filter((name) => !isOwn(root, name))
    .map((name) => ({ link: `/etc/systemd/system/${name}`, target: '/dev/null' }));
}

/** Contents of drop-ins that earlier versions of this program wrote; the generator does what they were for. */
const formerSandbox = `[Service]
PrivateTmp=no
PrivateDevices=no
PrivateNetwork=no
ProtectSystem=no
ProtectHome=no
NoNewPrivileges=no
`;
const formerDropIns: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['hostnamed', 'localed', 'timedated', 'logind', 'initctl', 'journald'].map((name) => [
      `/etc/systemd/system/systemd-${name}.service.d`,
      formerSandbox,
    ]),
  ),
  '/etc/systemd/system/systemd-sysusers.service.d': '[Service]\nLoadCredential=\n',
};

/** A drop-in that somebody has changed is theirs, and so is what else lies beside it. */
function withoutFormerDropIns({ root }: Image): Want[] {
  return Object.entries(formerDropIns).flatMap(([folder, content]): Want[] => {
    const path = `${folder}/override.conf`;
    if (root.entry(path)?.kind !== 'file' || root.readText(path) !== content) return [];
    return [root.list(folder).length === 1 ? { remove: folder, recursive: true } : { remove: path }];
  });
}

export const impossibleServiceRules: readonly Rule[] = [
  {
    id: 'systemd-former-drop-ins',
    category: 'services',
    summary: 'no drop-ins that take the sandbox from single services, as earlier versions wrote them',
    reason: 'the generator does that for every service, and only where the kernel refuses the sandbox',
    source: 'lx-agent 0.1',
    when: { inits: ['systemd'] },
    wants: withoutFormerDropIns,
  },
  ...impossible.map(
    ({ units, ...rule }): Rule => ({
      ...rule,
      category: 'services',
      when: { inits: ['systemd'] },
      wants: ({ root }) => masks(units.trim().split(/\s+/), root),
    }),
  ),
];
