import { basename, dirname, resolve } from 'node:path';
import type { Root } from './root.ts';

/** The init system of a root, named for its unit folder under units/. */
export type InitSystem = 'systemd' | 'upstart' | 'sysvinit' | 'openrc' | 'runit' | 'busybox' | 'rc.local';

/** Enough for any init. The largest, BusyBox and systemd, are recognized by their names and are not read. */
const initReadLimit = 4 << 20;

/**
 * The init system of a root, by what its `/sbin/init` is; never by the release. If one program serves several init systems
 * (sysvinit and BusyBox also start OpenRC), its configuration decides. A root without an init, such as a container's, is
 * `rc.local` only if nothing in it says more. Throws RootError if the deciding file cannot be read.
 */
export function detectInit(root: Pick<Root, 'entry' | 'linkTarget' | 'read'>): InitSystem {
  const has = (path: string) => root.entry(path) !== undefined;
  const program = initProgram(root);
  const name = program === undefined ? '' : basename(program);
  // Read it only if it matters: an unreadable file must not hide what is clear without it.
  const hasOpenrc = () =>
    has('/etc/runlevels') && ['/sbin/openrc', '/usr/bin/openrc', '/usr/sbin/openrc'].some(has);

  if (name === 'systemd') return 'systemd';
  if (name.startsWith('runit')) return 'runit';
  if (name.startsWith('openrc')) return 'openrc';
  if (name.startsWith('busybox')) return hasOpenrc() ? 'openrc' : 'busybox';
  if (program !== undefined) {
    // Upstart and sysvinit are both a plain program named init. Its content shows which one it is.
    const content = root.read(program, initReadLimit);
    if (content?.includes('upstart')) return 'upstart';
    if (content?.includes('/etc/inittab')) return hasOpenrc() ? 'openrc' : 'sysvinit';
  }
  return byWhatIsInstalled(has, hasOpenrc);
}

/**
 * The name of an init system as the manifest has it: all that its units depend on. OpenRC's differ by the program that
 * starts it.
 */
export function initName(root: Pick<Root, 'linkTarget'>, init: InitSystem): string {
  if (init !== 'openrc') return init;
  const [starter] = /^(busybox|openrc-init)/.exec(basename(root.linkTarget('/sbin/init') ?? '')) ?? [];
  return starter === undefined ? init : `${init} on ${starter}`;
}

/** The file that `/sbin/init` leads to; undefined when there is none. */
function initProgram(root: Pick<Root, 'entry' | 'linkTarget'>): string | undefined {
  let path = '/sbin/init';
  for (let links = 0; links < 8; links++) {
    const target = root.linkTarget(path);
    if (target === undefined) return root.entry(path) === undefined ? undefined : path;
    path = resolve(dirname(path), target);
    // The name behind the link is proof enough: in an image that is being made, the program may be missing.
    if (/^(systemd|busybox|runit|openrc)/.test(basename(path))) return path;
  }
  return undefined;
}

/** For a root without an init that the agent knows. */
function byWhatIsInstalled(has: (path: string) => boolean, hasOpenrc: () => boolean): InitSystem {
  if (has('/lib/systemd/systemd') || has('/usr/lib/systemd/systemd')) return 'systemd';
  if (has('/sbin/initctl') && has('/etc/init')) return 'upstart';
  if (hasOpenrc()) return 'openrc';
  if (has('/etc/runit/1')) return 'runit';
  if (has('/etc/init.d/rc') && has('/etc/rcS.d')) return 'sysvinit';
  return 'rc.local';
}
