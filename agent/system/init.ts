import type { Root } from './root.ts';

/** The init system of a root, named for its unit folder under units/. */
export type InitSystem = 'systemd' | 'upstart' | 'sysvinit' | 'openrc' | 'runit' | 'rc.local';

/** Which init system a root boots with, by what `/sbin/init` is and the files beside it; never by the release. */
export function detectInit(root: Pick<Root, 'linkTarget' | 'entry' | 'isExecutable'>): InitSystem {
  const target = root.linkTarget('/sbin/init') ?? root.linkTarget('/usr/sbin/init') ?? '';
  const has = (path: string) => root.entry(path) !== undefined;
  if (target.endsWith('systemd') || (has('/lib/systemd/systemd') && target === '')) return 'systemd';
  if (has('/sbin/initctl') && has('/etc/init') && !target.includes('busybox')) return 'upstart';
  if (target.includes('runit') || (has('/etc/runit/1') && !has('/etc/inittab'))) return 'runit';
  if (has('/sbin/openrc') || has('/usr/sbin/openrc') || target.includes('openrc')) return 'openrc';
  if (has('/etc/init.d') && (has('/etc/rcS.d') || has('/etc/rc.d/rc3.d') || has('/etc/rc3.d')))
    return 'sysvinit';
  return 'rc.local';
}
