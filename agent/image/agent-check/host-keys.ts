import { wantedHostKeys } from '../../system/ssh-host-key-paths.ts';
import type { ReadableRoot } from '../../system/system.ts';
import { bytesIfPossible } from '../../system/text-if-readable.ts';
import { hostKeys, otherWriters } from '../other-writers.ts';
import { serviceUnits } from '../unit-files.ts';

/** Scripts that start sshd under init systems without units. Some of them make missing keys. */
const scripts = [
  '/etc/init.d/ssh',
  '/etc/init.d/sshd',
  '/etc/rc.d/init.d/sshd',
  '/etc/sv/ssh/run',
  '/etc/sv/sshd/run',
];

/** The commands that make keys, as OpenSSH, Red Hat, Arch and SUSE name them. */
const makesKeys = /ssh-keygen|sshd-keygen|sshdgenkeys|sshd-gen-keys/;

/** Host keys that sshd needs, that are missing, and that nothing in the image makes. */
export function missingHostKeys(root: ReadableRoot): readonly string[] {
  const missing = (wantedHostKeys(root) ?? []).filter(({ path }) => (root.entry(path)?.size ?? 0) === 0);
  if (missing.length === 0 || makesHostKeys(root)) return [];
  return missing.map(({ path }) => path);
}

function makesHostKeys(root: ReadableRoot): boolean {
  return (
    otherWriters(root).some(({ writes }) => writes.includes(hostKeys)) ||
    serviceUnits(root).some(({ name, text }) => /^sshd?[.@-]/.test(name) && makesKeys.test(text)) ||
    scripts.some((path) => makesKeys.test(bytesIfPossible(root, path)?.toString('latin1') ?? ''))
  );
}
