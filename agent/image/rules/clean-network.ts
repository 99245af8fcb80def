import type { Image, Rule } from '../rule.ts';
import { matches, removeAll, type Want } from '../want.ts';

/** Files that give an interface an address; a file that names the agent is the agent's. */
const configuring: readonly { readonly places: string; readonly configures: RegExp }[] = [
  {
    places: '/etc/network/interfaces /etc/network/interfaces.d/*',
    configures: /^\s*iface\s+(?!lo\b)\S+\s+\S+\s+(?!manual\b)/m,
  },
  { places: '/etc/systemd/network/*.network', configures: /^\s*(DHCP\s*=\s*(?!no)|Address\s*=)/m },
  { places: '/etc/systemd/network/*.link', configures: /^\s*(Permanent)?MACAddress\s*=/m },
  { places: '/etc/netplan/*.yaml', configures: /^\s*(ethernets|wifis|bonds|bridges|vlans)\s*:/m },
  { places: '/etc/wpa_supplicant/*.conf', configures: /^\s*network\s*=/m },
];
/** Larger than any network file. */
const fileLimit = 256 * 1024;

function configuringFiles({ root }: Image): readonly string[] {
  return configuring.flatMap(({ places, configures }) =>
    places
      .split(' ')
      .flatMap((pattern) => matches(pattern, root))
      .filter((path) => {
        const entry = root.entry(path);
        if (entry?.kind !== 'file' || entry.size > fileLimit) return false;
        const text = root.readText(path) ?? '';
        return configures.test(text) && !`${path}${text}`.includes('lx-agent');
      })
      .map((path) => `${path} configures an interface`),
  );
}

/** The scripts of Red Hat and SUSE have a file for each interface; that of the loopback one stays. */
const perInterface: readonly Want[] = [
  { remove: '/etc/sysconfig/network-scripts/ifcfg-*', except: /\/ifcfg-lo$/ },
  { remove: '/etc/sysconfig/network-scripts/route*-*' },
  { remove: '/etc/sysconfig/network-scripts/keys-*' },
  { remove: '/etc/sysconfig/network/ifcfg-*', except: /\/ifcfg-lo$/ },
  { remove: '/etc/sysconfig/network/ifroute-*' },
];

export const networkTraceRules: readonly Rule[] = [
  {
    id: 'leases',
    category: 'clean',
    summary: 'no DHCP leases',
    reason: "they name the builder's addresses",
    source: 'dhclient(8), dhcpcd(8), NetworkManager(8), wicked(8), dhcpd(8), virt-sysprep(1)',
    wants:
      removeAll(`/var/lib/dhcp/*.lease* /var/lib/dhclient/*.lease* /var/lib/dhcpcd/*.lease* /var/db/dhcpcd/*
      /var/lib/dhcpcd5/* /var/lib/NetworkManager/*.lease /var/lib/NetworkManager/timestamps
      /var/lib/NetworkManager/seen-bssids /var/lib/wicked/lease-* /var/lib/dhcpd/*.leases* /var/lib/udhcpd/*.leases
      /run/systemd/netif/leases/*`),
  },
  {
    id: 'nic-rules',
    category: 'clean',
    summary: 'no udev rules that name network interfaces',
    reason: "they hold the builder's MAC addresses",
    source: "image builders' practice",
    wants: removeAll(`/etc/udev/rules.d/*persistent-net*.rules /etc/udev/rules.d/*persistent-cd*.rules`),
  },
  {
    id: 'installer-network',
    category: 'clean',
    summary: 'no network files of an installer',
    reason: 'they win over those that the agent writes, and name interfaces that an instance has not',
    source: 'triton-cloud-images #4',
    wants: [
      ...removeAll(`/etc/netplan/*installer*.yaml /etc/netplan/*cloud-init*.yaml /etc/netplan/01-netcfg.yaml
        /etc/netplan/01-network-manager-all.yaml /etc/network/interfaces.d/*cloud-init*
        /etc/systemd/network/*cloud-init*`),
      ...perInterface,
      { remove: '/etc/NetworkManager/system-connections/*', except: /lx-agent/ },
    ],
  },
  {
    id: 'network-files',
    category: 'clean',
    summary: 'no network files that configure an interface',
    reason: 'the platform has set the addresses before init starts, and a DHCP client would take them away',
    source: 'lx_boot_zone_debian.ksh writes `manual` for every interface; docs/platform.md',
    wants: [],
    decision: { left: configuringFiles, remedy: 'remove them: the agent writes what an instance needs' },
  },
];
