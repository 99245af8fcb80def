import type { Change } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';

/** Which instance the keys are for, and whether they must be replaced. */
export interface HostKeyNeed {
  readonly root: ReadableRoot;
  /** The keys belong to the instance from which this one was cloned. */
  readonly clone: boolean;
}

/** Why keys are made. */
export const cloned = 'another instance than the one on record';
export const missing = 'the key is missing or empty';

/**
 * Host keys of Dropbear; undefined if it is not installed. Debian's package makes them once, when it is installed, so in
 * an image without them the SSH server does not start. One key is enough for Dropbear, so keys are made only if there
 * is none.
 */
export function dropbearKeys({ root, clone }: HostKeyNeed): readonly Change[] | undefined {
  const folder = '/etc/dropbear';
  const server = firstExecutable(root, ['/usr/sbin/dropbear', '/usr/bin/dropbear']);
  if (server === undefined || root.entry(folder) === undefined) return undefined;
  const path = (type: string) => `${folder}/dropbear_${type}_host_key`;
  const all = root.list(folder).filter((name) => /^dropbear_\w+_host_key(\.pub)?$/.test(name));
  const isThere = (type: string) => (root.entry(path(type))?.size ?? 0) > 0;
  const types = ['rsa', 'ecdsa', 'ed25519'];
  if (!clone && types.some(isThere)) return [];
  const maker = firstExecutable(root, ['/usr/bin/dropbearkey', '/usr/sbin/dropbearkey']);
  const program = maker === undefined ? undefined : root.read(server, 64 * 1024 * 1024);
  const known = types.filter((type) => program?.includes(`dropbear_${type}_host_key`) === true);
  // The kinds that the image has, if it has any.
  const kept = known.filter(isThere);
  const wanted = kept.length > 0 ? kept : known;
  const made = maker === undefined ? [] : wanted.map((type) => dropbearKey(maker, folder, type, clone));
  const replaced = new Set(wanted.map((type) => `dropbear_${type}_host_key`));
  const stale = clone ? all.filter((name) => !replaced.has(name)) : [];
  return [
    ...made,
    ...stale.map(
      (name): Change => ({ kind: 'absent', path: `${folder}/${name}`, claim: 'always', why: cloned }),
    ),
  ];
}

function dropbearKey(maker: string, directory: string, type: string, clone: boolean): Change {
  const name = `dropbear_${type}_host_key`;
  return {
    kind: 'generated',
    directory,
    files: [{ name, mode: 0o600 }],
    argv: [maker, '-t', type, '-f', name],
    why: clone ? cloned : missing,
  };
}

/** Host keys of TinySSH, a folder; undefined if it is not installed. Its key maker must create the folder itself. */
export function tinysshKeys({ root, clone }: HostKeyNeed): readonly Change[] | undefined {
  const folder = '/etc/tinyssh';
  const server = firstExecutable(root, ['/usr/sbin/tinysshd', '/usr/bin/tinysshd']);
  const maker = firstExecutable(root, ['/usr/sbin/tinysshd-makekey', '/usr/bin/tinysshd-makekey']);
  if (server === undefined || maker === undefined || root.entry(folder) === undefined) return undefined;
  const isThere = (root.entry(`${folder}/sshkeydir/.ed25519.sk`)?.size ?? 0) > 0;
  if (!clone && isThere) return [];
  const why = clone ? cloned : missing;
  return [
    { kind: 'directory', path: `${folder}/sshkeydir`, mode: 0o755, why },
    {
      kind: 'generated',
      directory: folder,
      files: [
        { name: 'sshkeydir/.ed25519.sk', mode: 0o600 },
        { name: 'sshkeydir/ed25519.pk', mode: 0o644 },
      ],
      argv: [maker, '-q', 'sshkeydir'],
      why,
    },
  ];
}

function firstExecutable(root: ReadableRoot, paths: readonly string[]): string | undefined {
  return paths.find((path) => root.isExecutable(path));
}
