import { setTimeout as sleep } from 'node:timers/promises';
import type { Network } from '../../../agent/network/model.ts';
import { netplan as netplanFormat } from '../../../agent/network/netplan.ts';
import { networkd as networkdFormat } from '../../../agent/network/networkd.ts';
import { networkmanager as networkmanagerFormat } from '../../../agent/network/networkmanager.ts';
import type { Renderer } from '../../../agent/network/renderer.ts';
import { openRoot } from '../../../agent/system/open-root.ts';
import type { Machine } from './machine.ts';

/** A network service as a distribution has it, in a machine of namespaces. */
export interface NetworkService {
  /** Give it the agent's files for a network. */
  install(machine: Machine, network: Network): Promise<void>;
  /** Start it, and wait as network-online.target does; what it gives ends it. */
  online(machine: Machine): Promise<() => Promise<void>>;
}

async function rendered(format: Renderer, network: Network) {
  return await format.files(network, openRoot('/'));
}

export const networkd: NetworkService = {
  async install(machine, network) {
    await machine.write(await rendered(networkdFormat, network));
  },
  async online(machine) {
    const service = machine.start('/lib/systemd/systemd-networkd');
    await machine.run('/lib/systemd/systemd-networkd-wait-online', '--timeout=20');
    return () => ended(machine, 'systemd-networkd', service);
  },
};

/** Have netplan read the file, for a back end, and give what it says and where it put what. */
export async function generate(machine: Machine, network: Network, backEnd: 'networkd' | 'NetworkManager') {
  await machine.write([
    { path: '/etc/netplan/00-back-end.yaml', content: `network: {renderer: ${backEnd}}\n`, mode: 0o600 },
    ...(await rendered(netplanFormat, network)),
  ]);
  const said = await machine.run(
    'bash',
    '-euc',
    'rm -rf /run/systemd/network /run/NetworkManager/*; netplan generate 2>&1',
  );
  const files = await machine.run(
    'bash',
    '-c',
    'cd /run; find systemd/network NetworkManager -type f 2>/dev/null | sort',
  );
  return { said, files: files.split('\n').filter((path) => path !== '') };
}

export const netplan: NetworkService = {
  async install(machine, network) {
    await generate(machine, network, 'networkd');
  },
  online: networkd.online,
};

/** NetworkManager on a bus of its own; it takes only what there are profiles for, and the wires are none of its. */
export const networkmanager: NetworkService = {
  async install(machine, network) {
    await machine.write([
      {
        path: '/etc/NetworkManager/NetworkManager.conf',
        content: [
          '[main]',
          'plugins=keyfile',
          'auth-polkit=false',
          'dns=none',
          'no-auto-default=*',
          '[keyfile]',
          'unmanaged-devices=interface-name:wire*',
          '',
        ].join('\n'),
      },
      ...(await rendered(networkmanagerFormat, network)),
    ]);
    await machine.run('dbus-daemon', '--system', '--fork', '--nopidfile');
  },
  async online(machine) {
    const service = machine.start('NetworkManager', '--no-daemon');
    for (let tries = 0; !(await answers(machine)) && tries < 200; tries++) await sleep(50);
    await machine.run('nm-online', '--wait-for-startup', '--quiet', '--timeout=60');
    return () => ended(machine, 'NetworkManager', service);
  },
};

async function answers(machine: Machine): Promise<boolean> {
  return (await machine.run('bash', '-c', 'nmcli general >/dev/null 2>&1; echo $?')) === '0\n';
}

async function ended(
  machine: Machine,
  program: string,
  service: ReturnType<Machine['start']>,
): Promise<void> {
  await machine.run('bash', '-c', `kill "$(pidof ${program})"`);
  while (service.exitCode === null && service.signalCode === null) await sleep(20);
}
