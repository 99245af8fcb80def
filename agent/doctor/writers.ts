import { subject } from '../change/change.ts';
import { cloudInitReadsMetadata } from '../image/cloud-init.ts';
import { takeOver } from '../image/guest-tools.ts';
import { otherWriters } from '../image/other-writers.ts';
import { isPlatformWritten } from '../system/platform-mark.ts';
import type { ReadableRoot } from '../system/system.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** Other software that writes what the agent writes, and the traces that it leaves. */
export function checkOtherWriters(root: ReadableRoot): Finding[] {
  const findings = [
    guestTools(root),
    cloudInit(root),
    ...imageWriters(root),
    networkManager(root),
    ...platformFiles(root),
  ].filter((finding) => finding !== undefined);
  return findings.length > 0 ? findings : [ok('others', 'no other software writes the same files')];
}

/** sdc-vmtools-lx-brand, which the agent replaces: the scripts that start it, and itself. */
function guestTools(root: ReadableRoot): Finding | undefined {
  const [first, ...others] = takeOver(root).map(subject);
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return wrong(
    'others',
    `the old guest tools are here (${first}${more}): scripts would run twice`,
    `lx-agent image install --root ${root.path} takes over from them`,
  );
}

function cloudInit(root: ReadableRoot): Finding | undefined {
  if (!cloudInitReadsMetadata(root)) return undefined;
  return wrong(
    'others',
    'cloud-init is installed and not disabled: it sets the host name and the network too',
    'touch /etc/cloud/cloud-init.disabled',
  );
}

/** Units and scripts of the image's own, such as lx-images' create_hosts_file.service. */
function imageWriters(root: ReadableRoot): Finding[] {
  return otherWriters(root).map(({ path, writes, links }) =>
    wrong(
      'others',
      `${path} writes ${writes.join(', ')} at boot, too`,
      links.length > 0 ? `remove ${links.join(' ')}` : 'take that part out of it',
    ),
  );
}

function networkManager(root: ReadableRoot): Finding | undefined {
  const there = ['/usr/sbin/NetworkManager', '/usr/bin/NetworkManager'].some((path) =>
    root.isExecutable(path),
  );
  const enabled =
    root.entry('/etc/systemd/system/multi-user.target.wants/NetworkManager.service') !== undefined;
  if (!there || !enabled) return undefined;
  const told = root.list('/etc/NetworkManager/conf.d').some((name) => name.includes('lx-agent'));
  return told
    ? note('others', 'NetworkManager is enabled, and configured to leave our files alone')
    : wrong(
        'others',
        'NetworkManager is enabled, and not configured to leave resolv.conf alone',
        'lx-agent run resolver network',
      );
}

/** Files that the platform writes at each boot carry its mark; on old platforms it still does. */
function platformFiles(root: ReadableRoot): Finding[] {
  const marked = ['/etc/resolv.conf', '/etc/network/interfaces', '/etc/hosts', '/etc/hostname'].filter(
    (path) => isPlatformWritten(readable(root, path)),
  );
  if (marked.length === 0) return [];
  return [note('others', `the platform wrote ${marked.join(' and ')} at this boot; the agent follows it`)];
}

function readable(root: ReadableRoot, path: string): string {
  return root.entry(path)?.kind === 'file' ? (root.readText(path) ?? '') : '';
}
