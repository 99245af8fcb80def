import type { Image, Rule } from '../rule.ts';
import { removeAll, type Want } from '../want.ts';

/**
 * Every version of systemd makes an id for an empty file, and takes that for no first boot: without the file, or with
 * `uninitialized` in it, systemd-firstboot asks its questions on the console and the boot waits (machine-id(5)). D-Bus'
 * own copy has to follow it.
 */
function machineId({ root, init }: Image): Want[] {
  const wants: Want[] = [
    { empty: '/etc/machine-id' },
    ...(init === 'systemd' ? [{ missing: '/etc/machine-id', content: '' }] : []),
  ];
  if (root.entry('/var/lib/dbus/machine-id')?.kind === 'file')
    wants.push(
      root.entry('/etc/machine-id') === undefined && init !== 'systemd'
        ? { remove: '/var/lib/dbus/machine-id' }
        : { link: '/var/lib/dbus/machine-id', target: '/etc/machine-id' },
    );
  return wants;
}

/** Debian's service makes a name where the file asks for one; elsewhere a missing file is made anew. */
function iscsiName({ root }: Image): Want[] {
  const path = '/etc/iscsi/initiatorname.iscsi';
  const generates = root.entry('/lib/open-iscsi/startup-checks.sh') !== undefined;
  return generates ? [{ edit: path, as: () => 'GenerateName=yes\n' }] : [{ remove: path }];
}

export const identityRules: readonly Rule[] = [
  {
    id: 'host-keys',
    category: 'clean',
    summary: 'no SSH host keys',
    reason: 'every instance of the image would have the same; the agent makes them at first boot',
    source: 'create-lx-image; lx-images; dropbearkey(1); tinysshd-makekey(8)',
    wants: removeAll(`/etc/ssh/ssh_host_* /usr/local/etc/ssh/ssh_host_* /etc/dropbear/dropbear_*_host_key*
      /etc/tinyssh/sshkeydir`),
  },
  {
    id: 'machine-id',
    category: 'clean',
    summary: 'a machine-id that is empty',
    reason: 'every instance of the image would have the same',
    source: 'machine-id(5)',
    wants: machineId,
  },
  {
    id: 'random-seed',
    category: 'clean',
    summary: 'no random seed',
    reason: 'every instance of the image would start from the same',
    source: "systemd-random-seed.service(8); seedrng; Debian's urandom, Red Hat's and SUSE's init scripts",
    wants: removeAll(`/var/lib/systemd/random-seed /var/lib/urandom/random-seed /var/lib/random-seed
      /var/lib/misc/random-seed /var/lib/seedrng/* /var/run/random-seed /boot/loader/random-seed
      /boot/efi/loader/random-seed /efi/loader/random-seed`),
  },
  {
    id: 'identities',
    category: 'clean',
    summary: 'no identities of the machine on which the image was built',
    reason: 'storage targets, DHCP servers and inventories would take all instances for one machine',
    source: 'gethostid(3); iscsid(8); nvme(1); dhcpcd(8); zerotier-one(8); virt-sysprep(1)',
    wants: (image) => [
      ...removeAll(`/etc/hostid /etc/nvme/hostnqn /etc/nvme/hostid /etc/dhcpcd.duid /var/lib/dhcpcd/duid
        /var/lib/dhcpv6/dhcp6c_duid /var/lib/wicked/duid.xml /var/lib/wicked/iaid.xml /var/lib/zerotier-one/identity.*
        /etc/salt/minion_id /etc/sysconfig/hw-uuid /etc/smolt/uuid /etc/smolt/hw-uuid /var/lib/yum/uuid`),
      ...iscsiName(image),
    ],
  },
];
