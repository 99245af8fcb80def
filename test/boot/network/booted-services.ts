import type { Guest } from '../guest.ts';

/** A network service that a root is booted with, and what it and systemd tell of it. */
export interface BootedService {
  readonly unit: string;
  /** What network-online.target waits for. */
  readonly waitOnline: string;
  /** The same wait, once more. */
  readonly wait: readonly [string, ...string[]];
  /** What its journal says of a line of a file that it does not understand, or of a setting that it cannot make so. */
  readonly minds: RegExp;
  /** The interface as the service has it, in its own words. */
  asItHasIt(guest: Guest): Promise<object>;
  /** The words for an interface that the platform configured, and for one that the service did. */
  readonly left: object;
  readonly configured: object;
}

function networkd(file: string): BootedService {
  const configured = { state: 'configured', file };
  return {
    unit: 'systemd-networkd',
    waitOnline: 'systemd-networkd-wait-online',
    wait: ['/lib/systemd/systemd-networkd-wait-online', '--timeout=20'],
    minds: /\.(network|conf):|could not|failed|ignoring/i,
    async asItHasIt(guest) {
      const status = await guest.run('networkctl', '--no-pager', 'status', 'eth0');
      return {
        state: /State: \S+ \((\w+)\)/.exec(status)?.[1],
        file: /Network File: (\S+)/.exec(status)?.[1],
      };
    },
    left: configured,
    configured,
  };
}

const networkmanager: BootedService = {
  unit: 'NetworkManager',
  waitOnline: 'NetworkManager-wait-online',
  wait: ['nm-online', '--wait-for-startup', '--quiet', '--timeout=20'],
  // A guest's /proc/sys is read-only, and NetworkManager says so for each setting that it wants there.
  minds: /<(warn|error)>(?!.*(\/proc\/sys\/|set IPv6 MTU))/,
  async asItHasIt(guest) {
    const tell = async (fields: string, ...of: string[]) =>
      (await guest.run('nmcli', '--terse', '--fields', fields, ...of))
        .split('\n')
        .filter((line) => line.includes('eth0'));
    return {
      device: await tell('device,state,connection', 'device'),
      profiles: await tell('name,device,filename', 'connection', 'show'),
    };
  },
  left: { device: ['eth0:unmanaged:'], profiles: [] },
  configured: {
    device: ['eth0:connected:lx-agent-eth0'],
    profiles: ['lx-agent-eth0:eth0:/etc/NetworkManager/system-connections/lx-agent-eth0.nmconnection'],
  },
};

/** By the name of the root. */
export const bootedServices = {
  networkd: networkd('/etc/systemd/network/10-lx-agent-eth0.network'),
  netplan: networkd('/run/systemd/network/10-netplan-eth0.network'),
  networkmanager,
};

/** What systemd and the service have on record of the boot. */
export async function onRecord(guest: Guest, { unit, waitOnline, minds }: BootedService) {
  const show = async (unit: string, property: string) =>
    (await guest.run('systemctl', 'show', '--value', '--property', property, unit)).trim();
  const journal = await guest.run('journalctl', '--boot', '--unit', unit, '--output', 'cat');
  return {
    waitOnline: await show(waitOnline, 'Result'),
    networkOnline: await show('network-online.target', 'ActiveState'),
    minded: journal.split('\n').filter((line) => minds.test(line)),
  };
}

/** What is on record where nobody waited in vain and nothing was minded. */
export const well = { waitOnline: 'success', networkOnline: 'active', minded: [] };
