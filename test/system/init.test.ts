import { describe, expect, it } from 'vitest';
import { detectInit, type InitSystem, initName } from '../../agent/system/init.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { type SkeletonName, skeletons } from '../support/root-skeletons.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const expected: Record<SkeletonName, InitSystem> = {
  'Debian, systemd': 'systemd',
  'Debian with merged /usr, systemd': 'systemd',
  'Fedora without /usr/sbin, systemd': 'systemd',
  'Debian, sysvinit': 'sysvinit',
  'Devuan, sysvinit with systemd files of packages': 'sysvinit',
  'Devuan, OpenRC': 'openrc',
  'Debian, runit': 'runit',
  'Alpine, OpenRC on BusyBox': 'openrc',
  'BusyBox alone': 'busybox',
  'Gentoo, OpenRC on sysvinit': 'openrc',
  'Gentoo, openrc-init': 'openrc',
  'Void, runit': 'runit',
  'Ubuntu 14.04, Upstart': 'upstart',
  'CentOS 6, Upstart and rc scripts': 'upstart',
  'a root without an init': 'rc.local',
};

describe('the init system of a root', () => {
  it.each(Object.entries(expected))('%s: %s', (name, init) => {
    const tree = Object.entries(skeletons).find(([known]) => known === name)?.[1];
    expect(detectInit(openRoot(temporaryRoot(tree)))).toBe(init);
  });

  it.each([
    ['Gentoo, OpenRC on sysvinit', 'openrc'],
    ['Gentoo, openrc-init', 'openrc on openrc-init'],
    ['Alpine, OpenRC on BusyBox', 'openrc on busybox'],
    ['BusyBox alone', 'busybox'],
  ] as const)('%s is named by all that units depend on: %s', (name, named) => {
    const root = openRoot(temporaryRoot(skeletons[name]));
    expect(initName(root, detectInit(root))).toBe(named);
  });

  it('is not guessed from an init that leads nowhere', () => {
    expect(detectInit(openRoot(temporaryRoot({ '/sbin/init': '-> init' })))).toBe('rc.local');
  });

  const openrc = { '/etc/runlevels': null, '/sbin/openrc': '' };

  it.each<[string, Record<string, string | null>, InitSystem]>([
    ['systemd in /lib', { '/lib/systemd/systemd': '' }, 'systemd'],
    ['systemd in /usr/lib', { '/usr/lib/systemd/systemd': '' }, 'systemd'],
    ['Upstart with its jobs', { '/sbin/initctl': '', '/etc/init': null }, 'upstart'],
    ['initctl without jobs', { '/sbin/initctl': '' }, 'rc.local'],
    ['jobs without initctl', { '/etc/init': null }, 'rc.local'],
    ['OpenRC in /sbin', openrc, 'openrc'],
    ['OpenRC in /usr/bin', { '/etc/runlevels': null, '/usr/bin/openrc': '' }, 'openrc'],
    ['OpenRC in /usr/sbin', { '/etc/runlevels': null, '/usr/sbin/openrc': '' }, 'openrc'],
    ['OpenRC without runlevels', { '/sbin/openrc': '' }, 'rc.local'],
    ['runlevels without OpenRC', { '/etc/runlevels': null }, 'rc.local'],
    ['the stages of runit', { '/etc/runit/1': '' }, 'runit'],
    ['the scripts of sysvinit', { '/etc/init.d/rc': '', '/etc/rcS.d': null }, 'sysvinit'],
    ['the rc script alone', { '/etc/init.d/rc': '' }, 'rc.local'],
    ['a folder of boot scripts alone', { '/etc/rcS.d': null }, 'rc.local'],
  ])('without /sbin/init, a root with %s has %s', (_, tree, init) => {
    expect(detectInit(openRoot(temporaryRoot(tree)))).toBe(init);
  });

  it.each<[string, Record<string, string | null>, InitSystem]>([
    ['a link to runit-init', { '/sbin/init': '-> runit-init' }, 'runit'],
    ['a link to a BusyBox of another name', { '/sbin/init': '-> /bin/busybox-static' }, 'busybox'],
    ['a link to a name that only ends like one', { '/sbin/init': '-> my-systemd' }, 'rc.local'],
    ['a program that names Upstart', { '/sbin/init': 'com.ubuntu.upstart' }, 'upstart'],
    ['a program that reads inittab', { '/sbin/init': 'cannot open /etc/inittab' }, 'sysvinit'],
    ['the same beside OpenRC', { '/sbin/init': 'cannot open /etc/inittab', ...openrc }, 'openrc'],
    ['an unknown program', { '/sbin/init': 'tini' }, 'rc.local'],
    ['an unknown program beside runit', { '/sbin/init': 'tini', '/etc/runit/1': '' }, 'runit'],
  ])('%s decides', (_, tree, init) => {
    expect(detectInit(openRoot(temporaryRoot(tree)))).toBe(init);
  });

  it('is named without a starter where that is none of those that units depend on', () => {
    expect(initName(openRoot(temporaryRoot({ '/sbin/init': '-> my-openrc-init' })), 'openrc')).toBe('openrc');
  });
});
