import type { Change } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { Step } from './step.ts';

/** Files by which programs recognize a container of Docker or Podman. */
const marks = ['/.dockerenv', '/run/.containerenv'];

const policy = '/usr/sbin/policy-rc.d';

/**
 * What a container build adds to a root, or removes from it, after its last command. So an image that is exported from a
 * container has these files again, even if its preparation removed them. A Docker container keeps them.
 */
export const containerTraces: Step = {
  name: 'container-traces',
  stage: 'early',
  summary: "Traces of a container build: /.dockerenv, a missing mtab, a build's policy-rc.d",
  keys: ['docker:id'],
  plan(instance, { root, init }) {
    if (instance.docker) return { skip: 'this is a Docker container' };
    const changes: Change[] = marks.flatMap((path) => removed(root, path, 'this is no Docker container'));
    if (isContainerPolicy(root))
      changes.push(
        ...removed(root, policy, 'a container image forbids its services to start; here they may'),
      );
    // Upstart's mountall writes the file itself.
    if (init !== 'upstart' && isWithoutMtab(root))
      changes.push({
        kind: 'link',
        path: '/etc/mtab',
        target: '../proc/self/mounts',
        claim: 'once',
        why: 'umount and df read what is mounted there',
      });
    return changes;
  },
};

function removed(root: ReadableRoot, path: string, why: string): Change[] {
  return root.entry(path) === undefined ? [] : [{ kind: 'absent', path, why }];
}

/**
 * Debian's container images do not let package scripts start services (policy-rc.d exits with 101). A comment in the file
 * says that this is for a build. A file without that comment is an administrator's decision.
 */
function isContainerPolicy(root: ReadableRoot): boolean {
  if (root.entry(policy)?.kind !== 'file') return false;
  const text = root.readText(policy) ?? '';
  return /^#.*\b(docker|container)/im.test(text) && /^\s*exit 101\s*$/m.test(text);
}

/** An empty file is the mount point of a container build. */
function isWithoutMtab(root: ReadableRoot): boolean {
  const entry = root.entry('/etc/mtab');
  return entry === undefined || (entry.kind === 'file' && entry.size === 0);
}
