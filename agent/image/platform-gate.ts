import { posix } from 'node:path';
import type { ReadableRoot } from '../system/system.ts';

/** More links in a row than any release file has. */
const linkLimit = 8;

/**
 * Whether the platform boots this root. Before anything else, its `lx_boot` looks from outside the zone for the release
 * files of the distributions that it supports. A zone with none of them ends with "Unsupported distribution!"
 * (illumos-joyent and illumos-omnios, usr/src/lib/brand/lx/zone/lx_boot.ksh). It stops at the first file that it finds:
 * an lsb-release that does not name Ubuntu hides all that follow but debian_version.
 */
export function passesPlatformGate(root: ReadableRoot): boolean {
  const has = (path: string) => isFileFromOutside(root, path);
  if (has('/etc/redhat-release')) return true;
  if (has('/etc/lsb-release')) return namesUbuntu(root) || has('/etc/debian_version');
  return ['/etc/debian_version', '/etc/alpine-release', '/etc/SuSE-release', '/etc/void-release'].some(has);
}

/**
 * The release file to add if the platform would refuse the root. void-release is best: Void's script does nothing on
 * SmartOS, and on OmniOS it writes what the agent writes. But an lsb-release hides void-release, and then
 * debian_version counts.
 */
export function missingReleaseFile(root: ReadableRoot): string | undefined {
  if (passesPlatformGate(root)) return undefined;
  return isFileFromOutside(root, '/etc/lsb-release') ? '/etc/debian_version' : '/etc/void-release';
}

/** Folders that the platform's scripts look into before they change anything, where they are folders of its own as well. */
const folders = [
  '',
  '/init.d',
  '/network',
  '/sysconfig',
  '/rc.d',
  '/selinux',
  '/systemd',
  '/systemd/system',
  '/init',
].map((name) => `/etc${name}`);

/**
 * Links through which the platform would leave the zone, each with a relative target that stays inside. From outside,
 * an absolute link leads into the platform's own root, and the platform's scripts then refuse to go on (`safe_dir` of
 * illumos' lib/brand/shared/zone/common.ksh).
 */
export function linksOutOfZone(
  root: ReadableRoot,
): readonly { readonly link: string; readonly target: string }[] {
  return folders.flatMap((link) => {
    const target = root.linkTarget(link);
    if (target?.startsWith('/') !== true) return [];
    return [{ link, target: posix.relative(posix.dirname(link), target) }];
  });
}

function namesUbuntu(root: ReadableRoot): boolean {
  return root.readText('/etc/lsb-release')?.includes('Ubuntu') === true;
}

/** From outside the zone, an absolute link leads into the platform's own root, where there is no such file. */
function isFileFromOutside(root: ReadableRoot, path: string): boolean {
  let place = path;
  for (let links = 0; links < linkLimit; links++) {
    const target = root.linkTarget(place);
    if (target === undefined) return root.entry(place)?.kind === 'file';
    if (target.startsWith('/')) return false;
    place = posix.resolve(posix.dirname(place), target);
  }
  return false;
}
