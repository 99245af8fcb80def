import type { ReadableRoot } from '../../system/system.ts';
import type { Image, Rule } from '../rule.ts';
import type { Want } from '../want.ts';

/** Deeper than any distribution's log folders. */
const logDepth = 4;

/** Logs are emptied, so that daemons find their files with the right owners; old ones and journals go. */
function logs(root: ReadableRoot, folder = '/var/log', depth = 0): Want[] {
  if (folder === '/var/log/journal') return [{ remove: `${folder}/*`, recursive: true }];
  return root.list(folder).flatMap((name): Want[] => {
    const path = `${folder}/${name}`;
    const kind = root.entry(path)?.kind;
    if (kind === 'directory') return depth < logDepth ? logs(root, path, depth + 1) : [];
    if (kind !== 'file') return [];
    return /\.(gz|xz|bz2|zst|old|\d+)$/.test(name) ? [{ remove: path }] : [{ empty: path }];
  });
}

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

export const cleanRules: readonly Rule[] = [
  {
    id: 'host-keys',
    category: 'clean',
    summary: 'no SSH host keys',
    reason: 'every instance of the image would have the same; the agent makes them at first boot',
    source: 'create-lx-image; lx-images',
    wants: [{ remove: '/etc/ssh/ssh_host_*' }, { remove: '/etc/dropbear/dropbear_*_host_key' }],
  },
  {
    id: 'root-keys',
    category: 'clean',
    summary: "nothing of the builder's in root's home",
    reason: "the builder's keys and history have no place in an instance",
    source: 'create-lx-image',
    wants: [{ remove: '/root/.ssh', recursive: true }, { remove: '/root/.*_history' }],
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
    source: 'systemd-random-seed.service(8)',
    wants: [{ remove: '/var/lib/systemd/random-seed' }, { remove: '/var/lib/urandom/random-seed' }],
  },
  {
    id: 'logs',
    category: 'clean',
    summary: 'no logs of the building',
    reason: 'they are not about the instance',
    source: 'create-lx-image',
    wants: ({ root }) => logs(root),
  },
  {
    id: 'leases',
    category: 'clean',
    summary: 'no DHCP leases',
    reason: "they name the builder's addresses",
    source: "image builders' practice",
    wants: [
      { remove: '/var/lib/dhcp/*.lease*' },
      { remove: '/var/lib/dhclient/*.lease*' },
      { remove: '/var/lib/dhcpcd/*.lease*' },
      { remove: '/var/lib/NetworkManager/*.lease' },
    ],
  },
  {
    id: 'nic-rules',
    category: 'clean',
    summary: 'no udev rules that name network interfaces',
    reason: "they hold the builder's MAC addresses",
    source: "image builders' practice",
    wants: [
      { remove: '/etc/udev/rules.d/70-persistent-net.rules' },
      { remove: '/etc/udev/rules.d/75-persistent-net-generator.rules' },
      { remove: '/etc/udev/rules.d/70-persistent-cd.rules' },
    ],
  },
  {
    id: 'installer-network',
    category: 'clean',
    summary: 'no network files of an installer',
    reason: 'they win over those that the agent writes, and name interfaces that an instance has not',
    source: 'triton-cloud-images #4',
    wants: [
      { remove: '/etc/netplan/*installer*.yaml' },
      { remove: '/etc/netplan/*cloud-init*.yaml' },
      { remove: '/etc/netplan/01-netcfg.yaml' },
      { remove: '/etc/netplan/01-network-manager-all.yaml' },
      { remove: '/etc/network/interfaces.d/*cloud-init*' },
      { remove: '/etc/sysconfig/network-scripts/ifcfg-en*' },
      { remove: '/etc/NetworkManager/system-connections/*.nmconnection', except: /lx-agent/ },
    ],
  },
  {
    id: 'docker-mark',
    category: 'clean',
    summary: 'no /.dockerenv',
    reason: 'programs take the instance for a Docker container',
    source: 'lx-images',
    wants: [{ remove: '/.dockerenv' }, { remove: '/run/.containerenv' }],
  },
];
