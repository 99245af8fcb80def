import type { Instance } from '../metadata/instance.ts';
import { chooseRenderer, loadRenderer } from '../network/choose.ts';
import { conflictingFiles } from '../network/conflicts.ts';
import { linksAtFirstLook } from '../network/first-look.ts';
import { type Network, networkOf } from '../network/model.ts';
import type { RendererName } from '../system/configuration.ts';
import type { ReadableRoot, System } from '../system/system.ts';
import { type Finding, ok, wrong } from './finding.ts';

/** A network service that may be enabled beside others. */
interface Service {
  readonly name: string;
  /** What its files are called here; undefined for one whose files the agent does not write. */
  readonly renderer?: RendererName;
  /** Its unit under systemd; service scripts and runit services go by `scripts`. */
  readonly units: readonly string[];
  readonly scripts: readonly string[];
  /** Takes every interface that nothing keeps it from. */
  readonly takesAll?: (root: ReadableRoot, interfaceName: string) => boolean;
}

const services: readonly Service[] = [
  { name: 'ifupdown', renderer: 'ifupdown', units: ['networking.service'], scripts: ['networking'] },
  { name: 'systemd-networkd', renderer: 'networkd', units: ['systemd-networkd.service'], scripts: [] },
  {
    name: 'NetworkManager',
    renderer: 'networkmanager',
    units: ['NetworkManager.service'],
    scripts: ['NetworkManager', 'network-manager'],
    takesAll: networkManagerTakes,
  },
  { name: 'wicked', renderer: 'suse', units: ['wicked.service'], scripts: ['wicked'] },
  { name: 'network', renderer: 'ifcfg', units: ['network.service'], scripts: ['network'] },
  { name: 'netifrc', renderer: 'netifrc', units: [], scripts: ['net.eth0', 'net.eth1', 'net.eth2'] },
  { name: 'dhcpcd', renderer: 'void', units: ['dhcpcd.service'], scripts: ['dhcpcd'], takesAll: dhcpcdTakes },
  { name: 'connman', units: ['connman.service'], scripts: ['connman', 'connmand'], takesAll: () => true },
];

/**
 * Services that would configure the same interface, and stanzas of others beside the agent's: whoever comes last wins,
 * and DHCP takes addresses away that the platform has set.
 */
export async function checkNetworkServices(instance: Instance, system: System): Promise<Finding[]> {
  const { root } = system;
  const network = networkOf(instance, linksAtFirstLook(system), system.configuration.network.policy);
  const chosen = chooseRenderer(system);
  if (network === undefined || chosen === undefined || network.interfaces.length === 0) return [];
  const ours = new Set(Object.keys(system.state.files));
  const others = services.filter(
    (service) => service.renderer !== serves(chosen, root) && isEnabled(service, root),
  );
  const findings = [
    ...conflictingFiles(root, await loadRenderer(chosen), network, (path) => ours.has(path)).map(
      ({ path, interfaces }) => besideOurs(root, path, interfaces),
    ),
    ...(await Promise.all(others.map((service) => rivals(service, chosen, network, system, ours)))).flat(),
  ];
  return findings.length > 0 ? findings : [ok('network', `nothing but ${chosen} configures the interfaces`)];
}

/** netplan writes for systemd-networkd, or for NetworkManager where a file says so. */
function serves(chosen: RendererName, root: ReadableRoot): RendererName {
  if (chosen !== 'netplan') return chosen;
  const texts = root.list('/etc/netplan').map((name) => root.readText(`/etc/netplan/${name}`) ?? '');
  return texts.some((text) => /^\s*renderer:\s*NetworkManager/m.test(text)) ? 'networkmanager' : 'networkd';
}

function besideOurs(root: ReadableRoot, path: string, interfaces: readonly string[]): Finding {
  const dhcp = asksDhcp(root.entry(path)?.kind === 'file' ? (root.readText(path) ?? '') : '');
  return wrong(
    'network',
    `${path} configures ${interfaces.join(', ')}${dhcp ? ' by DHCP' : ''}, beside the agent's own file`,
    `take ${interfaces.join(', ')} out of ${path}: the platform sets the addresses before init, and ${dhcp ? 'a DHCP client would take them away' : 'the last one to set them wins'}`,
  );
}

/** Whether a network file has something ask for an address by DHCP, in the words of each format. */
function asksDhcp(text: string): boolean {
  return /^\s*iface\s+\S+\s+\S+\s+dhcp\b|^\s*DHCP=(yes|true|ipv[46]|both)|^\s*dhcp[46]:\s*(true|yes)|^\s*BOOTPROTO=["']?dhcp|^method=auto\b|^\s*config_\w+=.*dhcp/im.test(
    text,
  );
}

async function rivals(
  service: Service,
  chosen: RendererName,
  network: Network,
  { root }: System,
  ours: ReadonlySet<string>,
): Promise<Finding[]> {
  const files =
    service.renderer === undefined
      ? []
      : conflictingFiles(root, await loadRenderer(service.renderer), network, (path) => ours.has(path));
  const taken = network.interfaces.map(({ name }) => name).filter((name) => service.takesAll?.(root, name));
  const disable = `switch ${service.name} off (systemctl disable --now, rc-update del, or its service link)`;
  const twice = (interfaces: readonly string[], how: string) =>
    wrong(
      'network',
      `two network services are enabled for ${interfaces.join(', ')}: ${chosen}, which the agent writes for, and ${service.name}, ${how}`,
      `${disable}, or have it leave ${interfaces.join(', ')} alone`,
    );
  if (files.length > 0)
    return files.map(({ path, interfaces }) =>
      twice(interfaces, `by ${path}${asksDhcp(root.readText(path) ?? '') ? ' (DHCP)' : ''}`),
    );
  return taken.length > 0
    ? [twice(taken, 'which uses every interface that its configuration does not exclude')]
    : [];
}

/** Whether init starts a service, by the links that enable it; a unit that is masked is not started. */
function isEnabled({ units, scripts }: Service, root: ReadableRoot): boolean {
  const folders = (parent: string, pattern: RegExp) =>
    root
      .list(parent)
      .filter((name) => pattern.test(name))
      .map((name) => `${parent}/${name}`);
  const wants = folders('/etc/systemd/system', /\.(wants|requires)$/);
  const runlevels = [
    ...folders('/etc/runlevels', /./),
    '/etc/runit/runsvdir/default',
    '/var/service',
    '/etc/service',
  ];
  const rc = ['/etc', '/etc/rc.d'].flatMap((parent) => folders(parent, /^rc[2345S]\.d$/));
  return (
    units.some(
      (unit) =>
        root.linkTarget(`/etc/systemd/system/${unit}`) !== '/dev/null' &&
        wants.some((folder) => root.entry(`${folder}/${unit}`) !== undefined),
    ) ||
    scripts.some(
      (script) =>
        runlevels.some((folder) => root.entry(`${folder}/${script}`) !== undefined) ||
        rc.some((folder) =>
          root.list(folder).some((name) => /^S\d\d/.test(name) && name.slice(3) === script),
        ),
    )
  );
}

/** NetworkManager.conf(5): a device that is not unmanaged gets a connection by DHCP; so do those that ifupdown has, unless its plugin is on. */
function networkManagerTakes(root: ReadableRoot, name: string): boolean {
  const folders = ['/usr/lib/NetworkManager/conf.d', '/etc/NetworkManager/conf.d'];
  const texts = [
    '/etc/NetworkManager/NetworkManager.conf',
    ...folders.flatMap((folder) => root.list(folder).map((file) => `${folder}/${file}`)),
  ].map((path) => (root.entry(`${path}`)?.kind === 'file' ? (root.readText(path) ?? '') : ''));
  const text = texts.join('\n');
  const ifupdownPlugin = /^plugins=.*\bifupdown\b/m.test(text) && !/^managed=true/m.test(text);
  const unmanaged = [...text.matchAll(/^unmanaged-devices\+?=(.*)$/gm)].flatMap(([, list = '']) =>
    list.split(/[;,]/),
  );
  const told = unmanaged.some((spec) => {
    const pattern = spec.trim().replace(/^interface-name:=?/, '');
    return (
      pattern === '*' || pattern === name || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)))
    );
  });
  const noDefault = /^no-auto-default=\*/m.test(text);
  // It reads these files too, ours among them, and does what they say.
  if (root.entry(`/etc/sysconfig/network-scripts/ifcfg-${name}`) !== undefined) return false;
  return !ifupdownPlugin && !told && !noDefault;
}

/** dhcpcd.conf(5) */
function dhcpcdTakes(root: ReadableRoot, name: string): boolean {
  const text = root.readText('/etc/dhcpcd.conf') ?? '';
  const list = (option: string) =>
    [...text.matchAll(new RegExp(`^[ \\t]*${option}[ \\t]+(.*)$`, 'gm'))].flatMap(([, names = '']) =>
      names.split(/[\s,]+/),
    );
  const isIn = (names: readonly string[]) =>
    names.some(
      (pattern) =>
        pattern === '*' ||
        pattern === name ||
        (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1))),
    );
  const allowed = list('allowinterfaces');
  return !isIn(list('denyinterfaces')) && (allowed.length === 0 || isIn(allowed));
}
