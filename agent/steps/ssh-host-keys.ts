import type { Change, Owner } from '../change/change.ts';
import { type HostKeyType, wantedHostKeys } from '../system/ssh-host-key-paths.ts';
import type { ReadableRoot } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import { isClone } from './clone.ts';
import { cloned, dropbearKeys, type HostKeyNeed, missing, tinysshKeys } from './small-ssh-host-keys.ts';
import type { Step } from './step.ts';

const folder = '/etc/ssh';
const keygens = ['/usr/bin/ssh-keygen', '/usr/local/bin/ssh-keygen', '/bin/ssh-keygen'] as const;

/**
 * Give the instance its own SSH host keys before sshd starts. Missing and empty keys are made: an empty key makes sshd
 * fail, and `ssh-keygen -A` does not replace it. All keys are replaced only if the metadata says that this is not the
 * recorded instance.
 */
export const sshHostKeys: Step = {
  name: 'ssh-host-keys',
  stage: 'early',
  summary: 'make missing SSH host keys, and new ones in a clone',
  keys: ['sdc:uuid'],
  identity: true,
  offline: true,
  plan(instance, { root, state }) {
    const need = { root, clone: isClone(instance, { state }) };
    const servers = [opensshKeys(need), dropbearKeys(need), tinysshKeys(need)];
    if (servers.every((changes) => changes === undefined)) return { skip: 'sshd is not installed' };
    return servers.flatMap((changes) => changes ?? []);
  },
};

/** Host keys of OpenSSH; undefined if it is not installed. Throws if ssh-keygen is missing. */
function opensshKeys({ root, clone }: HostKeyNeed): readonly Change[] | undefined {
  const wanted = wantedHostKeys(root);
  if (wanted === undefined) return undefined;
  const toMake = wanted.filter(({ path }) => clone || isMissing(root, path));
  const stale = clone ? others(root, toMake) : [];
  if (toMake.length === 0 && stale.length === 0) return [];
  const keygen = keygens.find((path) => root.isExecutable(path));
  if (keygen === undefined)
    throw new Error(
      'sshd is installed, and its host keys are missing, but there is no ssh-keygen to make them with: install it (Alpine: openssh-keygen, elsewhere the package openssh or openssh-client)',
    );
  const owner = privateKeyOwner(root);
  const why = clone ? cloned : missing;
  return [...toMake.map(({ type, path }) => generate(keygen, type, path, owner, why)), ...stale];
}

function generate(
  keygen: string,
  type: HostKeyType,
  path: string,
  owner: Owner | undefined,
  why: string,
): Change {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  return {
    kind: 'generated',
    directory: path.slice(0, slash),
    files: [
      { name, mode: owner === undefined ? 0o600 : 0o640, ...(owner && { owner }) },
      { name: `${name}.pub`, mode: 0o644 },
    ],
    argv: [keygen, '-q', '-t', type, '-N', '', '-C', '', '-f', name],
    why,
  };
}

/** Keys and certificates of the instance that this one was cloned from, of kinds that are no longer made. */
function others(root: ReadableRoot, made: readonly { path: string }[]): Change[] {
  const replaced = new Set(made.flatMap(({ path }) => [path, `${path}.pub`]));
  return root
    .list(folder)
    .filter((name) => /^ssh_host_(\w+_)?key(-cert)?(\.pub)?$/.test(name))
    .map((name) => `${folder}/${name}`)
    .filter((path) => !replaced.has(path))
    .map((path) => ({ kind: 'absent', path, claim: 'always', why: "another instance's host key" }));
}

function isMissing(root: ReadableRoot, path: string): boolean {
  const entry = root.entry(path);
  return entry === undefined || (entry.kind === 'file' && entry.size === 0);
}

/**
 * The group that may read private host keys besides root. On some Red Hat systems ssh-keysign is set-group-id `ssh_keys`,
 * and sshd accepts keys that this group can read. Newer ones do not have this, and their sshd refuses such keys, even
 * though the group may still exist. So the mode of the program decides, not the group.
 */
function privateKeyOwner(root: ReadableRoot): Owner | undefined {
  const group = /^ssh_keys:[^:]*:(\d+):/m.exec(textIfReadable(root, '/etc/group') ?? '')?.[1];
  if (group === undefined) return undefined;
  const keysign = root.entry('/usr/libexec/openssh/ssh-keysign');
  const gid = Number(group);
  return keysign?.gid === gid ? { uid: 0, gid } : undefined;
}
