import type { RendererName } from '../system/configuration.ts';
import type { System } from '../system/system.ts';
import type { Renderer } from './renderer.ts';

/** A renderer is loaded only if a root uses it. */
const renderers: Readonly<Record<RendererName, () => Promise<Renderer>>> = {
  ifupdown: async () => (await import('./ifupdown.ts')).ifupdown,
  netplan: async () => (await import('./netplan.ts')).netplan,
  networkd: async () => (await import('./networkd.ts')).networkd,
  networkmanager: async () => (await import('./networkmanager.ts')).networkmanager,
  suse: async () => (await import('./suse.ts')).suse,
  netifrc: async () => (await import('./netifrc.ts')).netifrc,
  void: async () => (await import('./void.ts')).voidLinux,
  ifcfg: async () => (await import('./ifcfg.ts')).ifcfg,
};

/**
 * The format of network files that a root uses: the one in the configuration, else the one that the root shows. An enabled
 * service counts more than an installed one, because systemd installs networkd everywhere, and Debian installs ifupdown.
 */
export function chooseRenderer(system: System): RendererName | undefined {
  const { renderer } = system.configuration.network;
  if (renderer !== 'auto') return renderer === 'none' ? undefined : renderer;
  const has = (...paths: string[]) => paths.some((path) => system.root.entry(path) !== undefined);
  const hasNetworkManager = has('/usr/sbin/NetworkManager');
  const { family } = system.distribution;
  if (has('/usr/sbin/netplan', '/usr/share/netplan/netplan.script')) return 'netplan';
  if (onlyNetworkdIsEnabled(system.root)) return 'networkd';
  // openSUSE Tumbleweed has given up wicked.
  if (family === 'suse' && (has('/usr/sbin/wicked', '/sbin/ifup') || !hasNetworkManager)) return 'suse';
  if (family === 'gentoo') return 'netifrc';
  if (family === 'void') return 'void';
  if (has('/sbin/ifup', '/usr/sbin/ifup') && has('/etc/network')) return 'ifupdown';
  const hasScripts = has('/etc/sysconfig/network-scripts');
  if (hasScripts && has('/etc/init.d/network', '/etc/rc.d/init.d/network')) return 'ifcfg';
  if (hasNetworkManager) return 'networkmanager';
  if (hasScripts) return 'ifcfg';
  if (has('/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd')) return 'networkd';
  return undefined;
}

function onlyNetworkdIsEnabled(root: System['root']): boolean {
  const enabled = (unit: string) =>
    root.linkTarget(`/etc/systemd/system/${unit}`) !== '/dev/null' &&
    ['multi-user', 'sysinit', 'network-online'].some(
      (target) => root.entry(`/etc/systemd/system/${target}.target.wants/${unit}`) !== undefined,
    );
  return (
    enabled('systemd-networkd.service') &&
    !['networking.service', 'NetworkManager.service', 'wicked.service'].some(enabled)
  );
}

/** The renderer of a format, which also knows the other files of that format in a root. */
export async function loadRenderer(name: RendererName): Promise<Renderer> {
  return await renderers[name]();
}
