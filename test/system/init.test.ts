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
});
