import { hostname as runningName } from 'node:os';
import type { Change } from '../change/change.ts';
import { behindLinks, sharedFile } from '../change/shared-file.ts';
import type { Domain, Hostname } from '../metadata/values.ts';
import { withAssignment } from '../system/assignments.ts';
import type { System } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import { withHost, withLocalhost } from './hosts.ts';
import { hostnamePath, keptHostname } from './kept-hostname.ts';
import { setRunningName } from './running-name.ts';
import type { Step } from './step.ts';

/** The name of the machine: in the kernel, /etc/hostname, /etc/hosts, and the files of older init systems. */
export const hostname: Step = {
  name: 'hostname',
  stage: 'early',
  summary: 'Host name: running, /etc/hostname, /etc/hosts',
  keys: ['hostname', 'sdc:hostname', 'sdc:uuid', 'sdc:dns_domain', 'docker:id'],
  plan(instance, system) {
    if (instance.docker) return { skip: "a Docker container has its name from the platform's init" };
    if (instance.hostname === undefined) return { skip: 'the metadata has no host name' };
    const path = hostnamePath(system.root, system.state);
    const kept = keptHostname(path, nodeName(instance.hostname), instance, system);
    const changes = planHostname(path, kept ?? instance.hostname, instance.dnsDomain, system);
    return kept === undefined
      ? changes
      : changes.map((change) => keeping(path, change, kept, instance.hostname));
  },
};

/**
 * Plan the file with the name of the metadata, so that the report says that the file is kept. Everything else follows the
 * name in the file.
 */
function keeping(path: string, change: Change, kept: Hostname, wanted: Hostname | undefined): Change {
  const why = `/etc/hostname, which somebody edited, names the machine ${kept}`;
  if (!('path' in change) || change.path !== path || change.kind !== 'file' || wanted === undefined)
    return { ...change, why };
  return { ...change, content: `${nodeName(wanted)}\n` };
}

function planHostname(
  path: string,
  name: Hostname,
  domain: Domain | undefined,
  { root, distribution, init, state }: System,
): Change[] {
  const node = nodeName(name);
  const why = `the metadata names the instance ${node}`;
  // If /etc/hosts could not be written, the name changed without it, and only the record has the previous name.
  const owed = state.owed?.[behindLinks(root, '/etc/hosts')];
  const previous = owed ?? textIfReadable(root, path)?.trim();
  const changes: Change[] = [];

  changes.push(
    ...sharedFile(
      root,
      '/etc/hosts',
      (hosts = '') => withHost(withLocalhost(hosts), hostNames(name, domain), previous),
      { why, ...(previous === undefined ? {} : { replaces: previous }) },
    ),
  );
  // After /etc/hosts: if a run is killed in between, the next one still finds the name of the old line here.
  changes.push({
    kind: 'file',
    path,
    content: `${node}\n`,
    mode: 0o644,
    claim: 'ours-until-edited',
    why,
  });
  // SUSE has a folder of this name.
  if (distribution.family === 'redhat')
    changes.push(
      ...sharedFile(
        root,
        '/etc/sysconfig/network',
        (text) =>
          text !== undefined && /^HOSTNAME=/m.test(text) ? withAssignment(text, 'HOSTNAME', node) : undefined,
        { why },
      ),
    );
  // OpenRC on Gentoo reads this before /etc/hostname; Alpine has no such file.
  const usesConfd = init === 'openrc' || distribution.family === 'gentoo';
  changes.push(
    ...sharedFile(
      root,
      '/etc/conf.d/hostname',
      (text) => (text === undefined ? undefined : withAssignment(text, 'hostname', `"${node}"`)),
      { why },
    ).filter(({ fault }) => usesConfd || fault === undefined),
  );

  if (root.live && runningName() !== node) changes.push(setRunningName(root, node, why));
  return changes;
}

/** sethostname(2) accepts at most 64 bytes (HOST_NAME_MAX). A longer name is cut to its first label. */
function nodeName(name: string): string {
  return name.length <= 64 ? name : (name.split('.')[0] ?? name);
}

/** The names of the machine in /etc/hosts: the fully qualified one first, as hosts(5) says. */
function hostNames(name: string, domain: string | undefined): readonly string[] {
  const short = name.split('.')[0] ?? name;
  if (name.includes('.')) return [name, short];
  return domain === undefined ? [short] : [`${short}.${domain}`, short];
}
