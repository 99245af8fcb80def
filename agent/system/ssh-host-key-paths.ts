import type { ReadableRoot } from './system.ts';
import { textIfReadable } from './text-if-readable.ts';

/** The key types that are made; DSA and the RSA of protocol 1 are not made any more. */
const types = ['rsa', 'ecdsa', 'ed25519'] as const;
export type HostKeyType = (typeof types)[number];

export interface HostKey {
  readonly type: HostKeyType;
  readonly path: string;
}

const sshds = ['/usr/sbin/sshd', '/usr/bin/sshd', '/usr/local/sbin/sshd'] as const;
const configuration = '/etc/ssh/sshd_config';

/**
 * The host keys that the sshd of a root loads: the HostKey lines of its configuration, or else its defaults; undefined
 * where there is no sshd. A key whose type its name does not tell is the administrator's own affair.
 */
export function wantedHostKeys(root: ReadableRoot): readonly HostKey[] | undefined {
  const sshd = sshds.find((path) => root.isExecutable(path));
  if (sshd === undefined) return undefined;
  const configured = configuredPaths(root);
  return configured.length > 0 ? configured.flatMap(typed) : defaults(root, sshd);
}

function typed(path: string): HostKey[] {
  const type = types.find((candidate) => path.endsWith(`/ssh_host_${candidate}_key`));
  return type === undefined || !path.startsWith('/') ? [] : [{ type, path }];
}

/**
 * What this sshd loads with no HostKey line. Old ones know fewer types (OpenSSH 5.3 of CentOS 6 no Ed25519); which,
 * the default paths in the program itself tell without starting it. It is read only while a key is missing.
 */
function defaults(root: ReadableRoot, sshd: string): readonly HostKey[] {
  const all = types.map((type) => ({ type, path: `/etc/ssh/ssh_host_${type}_key` }));
  if (all.every(({ path }) => (root.entry(path)?.size ?? 0) > 0)) return all;
  const program = root.read(sshd, 64 * 1024 * 1024);
  const known = all.filter(({ type }) => program?.includes(`ssh_host_${type}_key`) === true);
  return known.length > 0 ? known : all.filter(({ type }) => type === 'rsa');
}

/** The paths of HostKey lines outside Match blocks, in sshd_config(5) and the files that it includes. */
function configuredPaths(root: ReadableRoot): string[] {
  const main = textIfReadable(root, configuration) ?? '';
  const includes = main
    .split('\n')
    .some((line) => keyword(line) === 'include' && line.includes('sshd_config.d/'));
  const dropIns = includes
    ? root
        .list('/etc/ssh/sshd_config.d')
        .filter((name) => name.endsWith('.conf'))
        .map((name) => textIfReadable(root, `/etc/ssh/sshd_config.d/${name}`) ?? '')
    : [];
  return [...new Set([...dropIns, main].flatMap(hostKeyLines))];
}

function hostKeyLines(text: string): string[] {
  const lines = text.split('\n');
  const match = lines.findIndex((line) => keyword(line) === 'match');
  return lines
    .slice(0, match === -1 ? undefined : match)
    .filter((line) => keyword(line) === 'hostkey')
    .flatMap((line) => /^\s*\w+(?:\s+|\s*=\s*)(?:"([^"]+)"|(\S+))/.exec(line)?.slice(1) ?? [])
    .filter((path) => path !== undefined);
}

/** The first word of a line, in lower case: sshd takes it in any. */
function keyword(line: string): string | undefined {
  return /^\s*([A-Za-z]+)/.exec(line)?.[1]?.toLowerCase();
}
