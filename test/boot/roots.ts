import type { InitSystem } from '../../agent/system/init.ts';

/** A root that is booted: layers made by roots.sh, topmost first, and what is PID 1. */
export interface BootRoot {
  readonly name: string;
  readonly init: InitSystem;
  /** The Debian release that the layers are made from; the machine's own when absent. */
  readonly release?: 'bullseye' | 'trixie';
  readonly layers: readonly string[];
  /** A folder that is all of the root: without layers, and without the tests' own files. */
  readonly folder?: string;
  readonly program: string;
  /** Folders under test/boot/ that are laid over the root after guest/. */
  readonly fixture?: string | readonly string[];
  /** What is there in the layers or in guest/ and not in this root. */
  readonly removed?: readonly string[];
  /** Links of this root: path to target. */
  readonly links?: Readonly<Record<string, string>>;
  /** How it is powered off where only the agent brings a `shutdown` along. */
  readonly powerOff?: readonly string[];
}

const busyboxPrograms = {
  '/usr/sbin/init': '/bin/busybox',
  '/usr/sbin/poweroff': '/bin/busybox',
  '/usr/sbin/reboot': '/bin/busybox',
  '/usr/sbin/halt': '/bin/busybox',
  // The base has no package `mount`.
  '/usr/bin/mount': '/bin/busybox',
  '/usr/bin/umount': '/bin/busybox',
};

/** Debian's scripts of the boot, and what has them in OpenRC's runlevels: the names of other distributions take their place. */
const debianScripts = [
  ...['bootmisc.sh', 'brightness', 'checkfs.sh', 'checkroot-bootclean.sh', 'checkroot.sh', 'hostname.sh'],
  ...['hwclock.sh', 'mount-configfs', 'mountall-bootclean.sh', 'mountall.sh', 'mountdevsubfs.sh'],
  ...['mountkernfs.sh', 'mountnfs-bootclean.sh', 'mountnfs.sh', 'procps', 'urandom', 'ssh'],
  ...['bootlogs', 'rc.local', 'rmnologin', 'sendsigs', 'umountfs', 'umountnfs.sh', 'umountroot'],
];
const debianRunlevels = [
  ...debianScripts.map((name) => `/etc/init.d/${name}`),
  ...['sysinit', 'default', 'off', 'recovery'].flatMap((level) =>
    [...debianScripts, 'networking', 'single', 'killprocs'].map((name) => `/etc/runlevels/${level}/${name}`),
  ),
];

/** The links by which OpenRC has services in its runlevels. */
function runlevels(services: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(services).flatMap(([level, names]) =>
      names.map((name) => [`/etc/runlevels/${level}/${name}`, `/etc/init.d/${name}`]),
    ),
  );
}

/** The services that record the network before its service begins, and when it is online. */
const networkWatchers = {
  '/etc/systemd/system/multi-user.target.wants/network-reached.service': '../network-reached.service',
  '/etc/systemd/system/sysinit.target.wants/network-before.service': '../network-before.service',
};

const all: readonly BootRoot[] = [
  {
    name: 'systemd',
    init: 'systemd',
    layers: ['systemd'],
    program: '/sbin/init',
    fixture: 'guest-systemd',
    links: { '/etc/systemd/system/multi-user.target.wants/ssh-keygen.service': '../ssh-keygen.service' },
  },
  {
    // With what else would have a say about network and names, and a chance for ordering cycles.
    name: 'systemd among others',
    init: 'systemd',
    layers: ['crowded'],
    program: '/sbin/init',
    fixture: 'guest-systemd',
    links: {
      '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service':
        '/lib/systemd/system/systemd-networkd.service',
    },
  },
  ...['networkd', 'netplan'].map(
    (name): BootRoot => ({
      // systemd-networkd is the only network service, and somebody waits for network-online.target.
      name,
      init: 'systemd',
      layers: [name === 'netplan' ? 'netplan' : 'systemd'],
      program: '/sbin/init',
      fixture: 'guest-systemd',
      links: {
        '/etc/systemd/system/networking.service': '/dev/null',
        '/etc/systemd/system/multi-user.target.wants/systemd-networkd.service':
          '/lib/systemd/system/systemd-networkd.service',
        '/etc/systemd/system/network-online.target.wants/systemd-networkd-wait-online.service':
          '/lib/systemd/system/systemd-networkd-wait-online.service',
        ...networkWatchers,
      },
    }),
  ),
  {
    // NetworkManager is the only network service, as Red Hat has it: no ifup, and no file whose interfaces it leaves to it.
    name: 'networkmanager',
    init: 'systemd',
    layers: ['networkmanager'],
    program: '/sbin/init',
    fixture: 'guest-systemd',
    links: { '/etc/systemd/system/networking.service': '/dev/null', ...networkWatchers },
    removed: ['/usr/sbin/ifup', '/etc/network/interfaces'],
  },
  { name: 'sysvinit', init: 'sysvinit', layers: ['sysvinit'], program: '/sbin/init' },
  { name: 'openrc on sysvinit', init: 'openrc', layers: ['openrc'], program: '/sbin/init' },
  // As Gentoo has it.
  {
    name: 'openrc with netifrc',
    init: 'openrc',
    layers: ['openrc'],
    program: '/sbin/init',
    fixture: 'guest-netifrc',
    links: { '/etc/runlevels/sysinit/same-second': '/etc/init.d/same-second' },
  },
  {
    name: 'openrc-init',
    init: 'openrc',
    layers: ['openrc'],
    program: '/sbin/openrc-init',
    // openrc-init has no inittab: its getty is a service.
    links: {
      '/usr/sbin/init': 'openrc-init',
      '/etc/init.d/agetty.console': 'agetty',
      '/etc/runlevels/default/agetty.console': '/etc/init.d/agetty.console',
    },
    // What Debian has there belongs to sysvinit, and speaks to it alone.
    removed: ['/usr/sbin/shutdown'],
    powerOff: ['/sbin/openrc-shutdown', '--poweroff', 'now'],
  },
  {
    // As Alpine has it.
    name: 'openrc on BusyBox init',
    init: 'openrc',
    layers: ['openrc', 'busybox'],
    program: '/sbin/init',
    fixture: 'guest-openrc-busybox',
    links: busyboxPrograms,
    removed: ['/usr/sbin/shutdown'],
    powerOff: ['/sbin/poweroff'],
  },
  {
    // OpenRC's own order of the boot, which Debian's packages do not have: sysinit, boot, default.
    name: 'openrc with the runlevels of Alpine',
    init: 'openrc',
    layers: ['openrc', 'busybox'],
    program: '/sbin/init',
    fixture: ['guest-openrc-busybox', 'guest-openrc-levels'],
    links: {
      ...busyboxPrograms,
      ...runlevels({ boot: ['hostname', 'bootmisc', 'networking'], default: ['sshd'] }),
    },
    removed: ['/usr/sbin/shutdown', ...debianRunlevels],
    powerOff: ['/sbin/poweroff'],
  },
  {
    name: 'openrc with the runlevels of Gentoo',
    init: 'openrc',
    layers: ['openrc'],
    program: '/sbin/init',
    fixture: ['guest-openrc-levels', 'guest-openrc-gentoo'],
    links: runlevels({
      boot: ['root', 'localmount', 'hostname', 'bootmisc'],
      default: ['networking', 'sshd'],
    }),
    removed: debianRunlevels,
  },
  { name: 'runit', init: 'runit', layers: ['runit'], program: '/sbin/init', fixture: 'guest-runit' },
  // Debian's runit, with a stage 1 as Void has it.
  {
    name: 'runit as Void has it',
    init: 'runit',
    layers: ['runit'],
    program: '/sbin/init',
    fixture: 'guest-void',
  },
  {
    name: 'BusyBox init',
    init: 'busybox',
    layers: ['busybox'],
    program: '/sbin/init',
    fixture: 'guest-busybox',
    links: busyboxPrograms,
    powerOff: ['/sbin/poweroff'],
  },
];

/** The roots that prepared images are made of, by init system. */
export const imageRoots = ['systemd', 'sysvinit', 'openrc on sysvinit', 'runit'] as const;

/** The roots that there are of three Debian releases. */
export const rootsOfEachRelease = [...imageRoots, 'BusyBox init'] as const;

const ofEachRelease = all.filter(({ name }) => rootsOfEachRelease.some((one) => one === name));

/**
 * The same of the next Debian release. Its runit skips the start script of a service that has a folder in /etc/sv. It
 * enables those of packages that come after it, and here sshd is in the base.
 */
const newer: readonly BootRoot[] = ofEachRelease.map((root) => ({
  ...root,
  name: `${root.name} on trixie`,
  release: 'trixie',
  links: {
    ...root.links,
    ...(root.init === 'runit' ? { '/etc/runit/runsvdir/default/ssh': '/etc/sv/ssh' } : {}),
  },
}));

/** The same of the release before. Its /sbin is a folder of its own: what is laid into /usr/sbin is a link there. */
const older: readonly BootRoot[] = ofEachRelease.map((root) => ({
  ...root,
  name: `${root.name} on bullseye`,
  release: 'bullseye',
  links: {
    ...root.links,
    ...Object.fromEntries(
      Object.entries(root.links ?? {}).flatMap(([path, target]) =>
        path.startsWith('/usr/sbin/') ? [[path.slice('/usr'.length), target]] : [],
      ),
    ),
    '/sbin/agetty': '/usr/sbin/agetty',
  },
}));

/** The names of a root in all three releases, the oldest first. */
export const inEachRelease = (name: string): readonly string[] => [
  `${name} on bullseye`,
  name,
  `${name} on trixie`,
];

/** The roots that are booted, one an init system and way to start it. */
export const roots: ReadonlyMap<string, BootRoot> = new Map(
  [...all, ...newer, ...older].map((root) => [root.name, root]),
);

/** The root of a name; throws when there is none. */
export function rootNamed(name: string): BootRoot {
  const root = roots.get(name);
  if (root === undefined) throw new Error(`no root ${name}: there are ${[...roots.keys()].join(', ')}`);
  return root;
}
