import { isPlatformWritten } from '../change/ownership.ts';
import type { RendererName } from '../system/configuration.ts';
import { RootError } from '../system/root-error.ts';
import type { ReadableRoot } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import type { Interface, Network } from './model.ts';

/** Somebody else's file, an installer's as a rule, that configures an interface of ours too, or in place of ours. */
export interface Conflict {
  /** For a person: what is not printable in it is a question mark. */
  readonly path: string;
  readonly interfaces: readonly string[];
}

interface Place {
  readonly folder: string;
  /** Where the folder holds links to services: the file that says what such a service does, if it is there. */
  readonly settings?: string;
  readonly isOne: (name: string) => boolean;
  readonly configures: (text: string, one: Interface, name: string) => boolean;
}

/** Nothing that a person or an installer writes here is larger, in bytes. */
const limit = 256 * 1024;

/** Where each format's other files are, and what in them names an interface. Our own are told by their names. */
const places: Readonly<Partial<Record<RendererName, readonly Place[]>>> = {
  ifupdown: [
    { folder: '/etc/network', isOne: (name) => name === 'interfaces', configures: hasStanza },
    { folder: '/etc/network/interfaces.d', isOne: () => true, configures: hasStanza },
  ],
  netplan: [
    { folder: '/etc/netplan', isOne: (name) => name.endsWith('.yaml'), configures: isInNetplan },
    { folder: '/run/netplan', isOne: (name) => name.endsWith('.yaml'), configures: isInNetplan },
  ],
  networkd: ['/etc/systemd/network', '/run/systemd/network', '/usr/lib/systemd/network'].map((folder) => ({
    folder,
    isOne: (name) => name.endsWith('.network'),
    configures: isFirstMatch,
  })),
  networkmanager: [
    {
      folder: '/etc/NetworkManager/system-connections',
      isOne: () => true,
      configures: (text, { name }) => {
        const wanted = /^interface-name=(.*)$/m.exec(text)?.[1]?.trim();
        return wanted === undefined ? /^type=(802-3-)?ethernet\s*$/m.test(text) : wanted === name;
      },
    },
    { folder: '/etc/sysconfig/network-scripts', isOne: isIfcfg, configures: isDevice },
  ],
  void: [
    {
      folder: '/etc/runit/runsvdir/default',
      settings: '/etc/dhcpcd.conf',
      isOne: (name) => /^dhcpcd(-|$)/.test(name),
      configures: isDhcpcds,
    },
  ],
  ifcfg: [{ folder: '/etc/sysconfig/network-scripts', isOne: isIfcfg, configures: isDevice }],
};

/**
 * The files that would have the network service do something else than ours say. Only reads, and leaves out what cannot
 * be read: this is advice, and must not cost the step its work. `owns` tells the agent's own files.
 */
export function conflictingFiles(
  root: ReadableRoot,
  renderer: RendererName,
  { interfaces }: Network,
  owns: (path: string) => boolean,
): Conflict[] {
  return (places[renderer] ?? []).flatMap(({ folder, settings, isOne, configures }) =>
    namesIn(root, folder).flatMap((name) => {
      const path = `${folder}/${name}`;
      if (!isOne(name) || owns(path)) return [];
      const text = settings === undefined ? textOf(root, path) : (textOf(root, settings) ?? '');
      if (text === undefined || isPlatformWritten(text)) return [];
      const named = interfaces.filter((one) => configures(text, one, name)).map((one) => one.name);
      return named.length === 0 ? [] : [{ path: path.replace(/[^ -~]/g, '?'), interfaces: named }];
    }),
  );
}

function namesIn(root: ReadableRoot, folder: string): readonly string[] {
  try {
    return root.list(folder);
  } catch (error) {
    if (error instanceof RootError) return [];
    throw error;
  }
}

/** Symbolic links are followed, as the network service follows them. */
function textOf(root: ReadableRoot, path: string): string | undefined {
  return textIfReadable(root, path, limit);
}

/** interfaces(5): a `manual` stanza does nothing, so it is in nobody's way. */
function hasStanza(text: string, { name }: Interface): boolean {
  return text.split('\n').some((line) => {
    const [iface, device, , method] = line.trim().split(/\s+/);
    return iface === 'iface' && device === name && method !== 'manual';
  });
}

/** netplan(5): by the interface's name as a key, or by its MAC address in a `match:`. A match by driver or pattern is not seen. */
function isInNetplan(text: string, { name, mac }: Interface): boolean {
  const byMac = mac !== undefined && text.toLowerCase().includes(mac);
  return byMac || text.split('\n').some((line) => /^\s+["']?([^\s"':]+)["']?:/.exec(line)?.[1] === name);
}

/** systemd.network(5): of the files that match, the first by name holds, in whichever folder it is. */
function isFirstMatch(text: string, { name, mac }: Interface, file: string): boolean {
  if (file >= `10-lx-agent-${name}.network`) return false;
  const match = /^\[Match\]$([^[]*)/m.exec(text)?.[1] ?? '';
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(match)?.[1]?.trim().split(/\s+/);
  const names = value('Name');
  const macs = value('MACAddress')?.map((one) => one.toLowerCase());
  if (macs !== undefined && (mac === undefined || !macs.includes(mac))) return false;
  return names === undefined || names.some((pattern) => isMatch(pattern, name));
}

/** A shell pattern of `*` and `?`, as interface names are matched by. */
function isMatch(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(name);
}

function isIfcfg(name: string): boolean {
  return /^ifcfg-(?!lo$)[^~]+$/.test(name) && !/\.(rpmsave|rpmnew|rpmorig|bak|orig)$/.test(name);
}

/** By its DEVICE or by its HWADDR, or, where it has neither, by the file's own name. */
function isDevice(text: string, { name, mac }: Interface, file: string): boolean {
  const value = (key: string) => new RegExp(`^${key}=["']?([^"'\\s]*)`, 'm').exec(text)?.[1];
  const device = value('DEVICE');
  const address = value('HWADDR')?.toLowerCase();
  if (device === undefined && address === undefined) return file === `ifcfg-${name}`;
  return device === name || (mac !== undefined && address === mac);
}

/** One that is for all interfaces takes those that dhcpcd.conf(5) allows it, all where it names none, and denies it not. */
function isDhcpcds(text: string, { name }: Interface, service: string): boolean {
  if (service !== 'dhcpcd') return service === `dhcpcd-${name}`;
  const patterns = (option: string) =>
    [...text.matchAll(new RegExp(`^[ \\t]*${option}[ \\t]+(.*)$`, 'gm'))].flatMap(([, list = '']) =>
      list.split(/[\s,]+/).filter((pattern) => pattern !== ''),
    );
  const isAmong = (list: readonly string[]) => list.some((pattern) => isMatch(pattern, name));
  const allowed = patterns('allowinterfaces');
  return (allowed.length === 0 || isAmong(allowed)) && !isAmong(patterns('denyinterfaces'));
}
