import type { Tree } from '../temporary-root.ts';
import { debianSystemd, devuanSysvinit, ubuntuSystemd, ubuntuUpstart } from './debian.ts';
import { alpine, arch, gentoo, opensuse, suse11, voidLinux } from './others.ts';
import { centos6, redhatSystemd } from './redhat.ts';

/** One root of every family, with what the rules look at as the distribution ships it. */
export const families: readonly (readonly [name: string, tree: Tree])[] = [
  ['Debian 12, systemd', debianSystemd],
  ['Ubuntu 24.04, systemd', ubuntuSystemd],
  ['Ubuntu 14.04, Upstart', ubuntuUpstart],
  ['Devuan 5, sysvinit', devuanSysvinit],
  ['CentOS 6, Upstart', centos6],
  ['CentOS 7, systemd', redhatSystemd('centos', '7')],
  ['Rocky 9, systemd', redhatSystemd('rocky', '9')],
  ['AlmaLinux 10, systemd', redhatSystemd('almalinux', '10')],
  ['Fedora 40, systemd', redhatSystemd('fedora', '40')],
  ['openSUSE Leap 15.6, systemd', opensuse],
  ['SUSE 11, sysvinit', suse11],
  ['Alpine, OpenRC', alpine],
  ['Gentoo, OpenRC', gentoo],
  ['Void, runit', voidLinux],
  ['Arch, systemd', arch],
];
