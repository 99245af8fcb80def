import type { Change } from '../change/change.ts';
import { sharedFile } from '../change/shared-file.ts';
import type { Instance } from '../metadata/instance.ts';
import { searchList } from '../metadata/search-list.ts';
import { withAssignments } from '../system/assignments.ts';
import { isPlatformWritten } from '../system/platform-mark.ts';
import type { ReadableRoot, System } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import { openresolvAssignments, type Resolvers, renderResolvConf, renderResolved } from './resolv-conf.ts';
import type { Step } from './step.ts';

/** The name servers: in /etc/resolv.conf, or in the configuration of the software that owns that file. */
export const resolver: Step = {
  name: 'resolver',
  stage: 'early',
  summary: 'Name servers: resolv.conf, or what manages it',
  keys: ['sdc:resolvers', 'sdc:maintain_resolvers', 'sdc:dns_domain', 'docker:id'],
  plan(instance, system) {
    if (instance.docker) return { skip: "a Docker container has its resolvers from the platform's init" };
    if (instance.resolvers === undefined || instance.resolvers.length === 0)
      return { skip: reasonWithout(instance) };
    const search = searchList(instance).join(' ') || undefined;
    return planResolver({ addresses: instance.resolvers, search }, instance, system);
  },
};

/** Without a resolver the file stays as it is: an empty resolv.conf helps nobody. */
function reasonWithout({ resolvers, invalid }: Instance): string {
  if (invalid.some(({ key }) => key === 'sdc:resolvers')) return 'no address in sdc:resolvers is valid';
  return resolvers === undefined
    ? 'the metadata names no resolver'
    : 'sdc:resolvers is empty; an empty resolv.conf would help nobody';
}

function planResolver(resolvers: Resolvers, instance: Instance, { root }: System): Change[] {
  const claim = instance.maintainResolvers ? 'always' : 'ours-until-edited';
  const file = { kind: 'file', mode: 0o644, why: 'the metadata names the resolvers' } as const;
  const target = root.linkTarget('/etc/resolv.conf') ?? '';

  if (/(^|\/)run\/systemd\/resolve\//.test(target) && hasResolved(root)) {
    const path = '/etc/systemd/resolved.conf.d/lx-agent.conf';
    return [{ ...file, path, content: renderResolved(resolvers), claim }];
  }
  if (isDebianResolvconf(root, target)) {
    const path = '/etc/resolvconf/resolv.conf.d/head';
    return [{ ...file, path, content: renderResolvConf(resolvers), claim }, ...platformTail(root)];
  }

  const changes: Change[] = [];
  changes.push(
    ...sharedFile(
      root,
      '/etc/resolvconf.conf',
      (text) => (text === undefined ? undefined : withAssignments(text, openresolvAssignments(resolvers))),
      { why: file.why },
    ),
  );
  if (root.entry('/etc/NetworkManager') !== undefined)
    changes.push({
      ...file,
      path: '/etc/NetworkManager/conf.d/90-lx-agent-dns.conf',
      content: '# lx-agent writes resolv.conf from the metadata.\n[main]\ndns=none\n',
      claim: 'always',
      why: 'NetworkManager leaves resolv.conf alone',
    });
  changes.push({ ...file, path: '/etc/resolv.conf', content: renderResolvConf(resolvers), claim });
  return changes;
}

/** Whether systemd-resolved is there and may start; lx images often mask it and leave its link behind. */
function hasResolved(root: ReadableRoot): boolean {
  const programs = ['/usr/lib/systemd/systemd-resolved', '/lib/systemd/systemd-resolved'];
  const masked = root.linkTarget('/etc/systemd/system/systemd-resolved.service') === '/dev/null';
  return !masked && programs.some((path) => root.entry(path) !== undefined);
}

/**
 * The platform's script for Ubuntu writes the same values into `tail` at each boot. Together with our `head`, every name
 * server and domain would be there twice. On a platform that no longer writes `tail`, old values would stay for good.
 */
function platformTail(root: ReadableRoot): Change[] {
  const path = '/etc/resolvconf/resolv.conf.d/tail';
  if (root.entry(path)?.kind !== 'file' || !isPlatformWritten(textIfReadable(root, path) ?? '')) return [];
  return [{ kind: 'absent', path, why: 'the platform wrote it, and head says the same' }];
}

/** Debian's resolvconf makes resolv.conf a link into its run-time folder and puts the head file first in it. */
function isDebianResolvconf(root: ReadableRoot, target: string): boolean {
  return (
    /(^|\/)run\/resolvconf\/|\/etc\/resolvconf\/run\//.test(target) &&
    root.entry('/etc/resolvconf/resolv.conf.d') !== undefined
  );
}
