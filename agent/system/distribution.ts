import type { Root } from './root.ts';
import { RootError } from './root-error.ts';

/** A family of distributions that keep their files in the same places. */
export type Family = 'debian' | 'redhat' | 'suse' | 'alpine' | 'arch' | 'gentoo' | 'void' | 'unknown';

/** The distribution in a root, as its own release files name it. */
export interface Distribution {
  readonly family: Family;
  /** os-release's ID: `debian`, `ubuntu`, `centos`, …; `unknown` where nothing says. */
  readonly id: string;
  /** os-release's VERSION_ID (`12`, `14.04`, `6.10`); empty for rolling releases. */
  readonly version: string;
  readonly name: string;
}

const families: Readonly<Record<string, Family>> = {
  debian: 'debian',
  ubuntu: 'debian',
  devuan: 'debian',
  rhel: 'redhat',
  centos: 'redhat',
  fedora: 'redhat',
  almalinux: 'redhat',
  rocky: 'redhat',
  ol: 'redhat',
  amzn: 'redhat',
  suse: 'suse',
  sles: 'suse',
  opensuse: 'suse',
  'opensuse-leap': 'suse',
  'opensuse-tumbleweed': 'suse',
  alpine: 'alpine',
  arch: 'arch',
  archlinux: 'arch',
  gentoo: 'gentoo',
  void: 'void',
};

/**
 * Read which distribution a root holds: from os-release(5), else from older release files. Throws RootError if one of them
 * cannot be read and no other has the answer.
 */
export function detectDistribution(root: Pick<Root, 'readText'>): Distribution {
  const osRelease = firstReadable(root, ['/etc/os-release', '/usr/lib/os-release']);
  if (osRelease !== undefined) return fromOsRelease(osRelease);
  const redhat = root.readText('/etc/redhat-release');
  if (redhat !== undefined) {
    const name = redhat.trim();
    return {
      family: 'redhat',
      id: name.toLowerCase().includes('centos') ? 'centos' : 'rhel',
      version: /release ([\d.]+)/.exec(name)?.[1] ?? '',
      name,
    };
  }
  const release = (path: string) => root.readText(path)?.trim().split('\n')[0];
  for (const [path, family] of [
    ['/etc/alpine-release', 'alpine'],
    ['/etc/gentoo-release', 'gentoo'],
    ['/etc/SuSE-release', 'suse'],
    ['/etc/arch-release', 'arch'],
    ['/etc/debian_version', 'debian'],
  ] as const) {
    const version = release(path);
    if (version !== undefined)
      return { family, id: family, version: /[\d.]+/.exec(version)?.[0] ?? '', name: family };
  }
  return { family: 'unknown', id: 'unknown', version: '', name: 'an unknown Linux distribution' };
}

/** The first file that exists, even if one before it cannot be read. */
function firstReadable(root: Pick<Root, 'readText'>, paths: readonly string[]): string | undefined {
  let fault: RootError | undefined;
  for (const path of paths)
    try {
      const text = root.readText(path);
      if (text !== undefined) return text;
    } catch (error) {
      if (!(error instanceof RootError)) throw error;
      fault ??= error;
    }
  if (fault !== undefined) throw fault;
  return undefined;
}

/** Decode os-release(5): shell-like assignments, values bare or quoted. */
function fromOsRelease(text: string): Distribution {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(?:"([^"]*)"|'([^']*)'|(\S*))\s*$/.exec(line);
    if (match?.[1] !== undefined) fields.set(match[1], match[2] ?? match[3] ?? match[4] ?? '');
  }
  const id = fields.get('ID') ?? 'unknown';
  const candidates = [id, ...(fields.get('ID_LIKE') ?? '').split(/\s+/)];
  const family = candidates.map((name) => families[name]).find((known) => known !== undefined) ?? 'unknown';
  return {
    family,
    id,
    version: fields.get('VERSION_ID') ?? '',
    name: fields.get('PRETTY_NAME') ?? fields.get('NAME') ?? id,
  };
}
