import type { RendererName } from '../system/configuration.ts';
import type { System } from '../system/system.ts';
import type { Renderer } from './renderer.ts';

/** Each renderer is loaded when a root uses it. */
const renderers: Readonly<Partial<Record<RendererName, () => Promise<Renderer>>>> = {
  ifupdown: async () => (await import('./ifupdown.ts')).ifupdown,
  netplan: async () => (await import('./netplan.ts')).netplan,
  networkd: async () => (await import('./networkd.ts')).networkd,
  networkmanager: async () => (await import('./networkmanager.ts')).networkmanager,
  suse: async () => (await import('./suse.ts')).suse,
  netifrc: async () => (await import('./netifrc.ts')).netifrc,
  void: async () => (await import('./void.ts')).voidLinux,
  ifcfg: async () => (await import('./ifcfg.ts')).ifcfg,
};

/** Which format of network files a root uses: what the configuration pins, else what the root has. */
export function chooseRenderer({ root, configuration, distribution }: System): RendererName | undefined {
  const { renderer } = configuration.network;
  if (renderer !== 'auto') return renderer === 'none' ? undefined : renderer;
  const has = (...paths: string[]) => paths.some((path) => root.entry(path) !== undefined);
  const enabled = (unit: string) =>
    has(
      `/etc/systemd/system/multi-user.target.wants/${unit}`,
      `/etc/systemd/system/sysinit.target.wants/${unit}`,
    );
  if (has('/usr/sbin/netplan', '/usr/share/netplan/netplan.script')) return 'netplan';
  if (distribution.family === 'suse') return 'suse';
  if (distribution.family === 'gentoo') return 'netifrc';
  if (distribution.family === 'void') return 'void';
  if (has('/sbin/ifup', '/usr/sbin/ifup') && has('/etc/network')) return 'ifupdown';
  if (has('/etc/sysconfig/network-scripts') && has('/etc/init.d/network', '/etc/rc.d/init.d/network'))
    return 'ifcfg';
  if (has('/usr/sbin/NetworkManager')) return 'networkmanager';
  if (has('/etc/sysconfig/network-scripts')) return 'ifcfg';
  if (
    enabled('systemd-networkd.service') ||
    has('/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd')
  )
    return 'networkd';
  return undefined;
}

export async function loadRenderer(name: RendererName): Promise<Renderer> {
  const load = renderers[name];
  if (load === undefined) throw new Error(`the network renderer ${name} is not built in`);
  return await load();
}
