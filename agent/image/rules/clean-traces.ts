import type { ReadableRoot } from '../../system/system.ts';
import type { Image, Rule } from '../rule.ts';
import { runningProgram } from '../running-program.ts';
import { matches, removeAll, type Want } from '../want.ts';

/** Deeper than any distribution's log folders. */
const logDepth = 4;

/** Logs are emptied, so that daemons find their files with the right owners; old ones and journals go. */
function logs(root: ReadableRoot, folder = '/var/log', depth = 0): Want[] {
  if (folder === '/var/log/journal') return [{ remove: `${folder}/*`, recursive: true }];
  return root.list(folder).flatMap((name): Want[] => {
    const path = `${folder}/${name}`;
    const kind = root.entry(path)?.kind;
    if (kind === 'directory') return depth < logDepth ? logs(root, path, depth + 1) : [];
    if (kind !== 'file') return [];
    return /\.(gz|xz|bz2|zst|old|\d+)$/.test(name) ? [{ remove: path }] : [{ empty: path }];
  });
}

/**
 * In a build (`RUN lx-agent image prepare --root /`) a temporary folder may hold the program that does it, which the
 * next command removes.
 */
function temporaryFiles({ root }: Image): Want[] {
  const inUse = root.live ? runningProgram() : '';
  return ['/tmp/*', '/var/tmp/*']
    .flatMap((pattern) => matches(pattern, root))
    .filter((path) => inUse !== path && !inUse.startsWith(`${path}/`))
    .map((path) => ({ remove: path, recursive: true }));
}

const homes = ['/root', '/home/*'];

export const traceRules: readonly Rule[] = [
  {
    id: 'root-keys',
    category: 'clean',
    summary: "nothing of the builder's in root's home and in others'",
    reason: "the builder's keys and history have no place in an instance; keys come from the metadata",
    source: 'create-lx-image; virt-sysprep(1): ssh-userdir, bash-history',
    wants: homes.flatMap((home): Want[] => [
      { remove: `${home}/.ssh`, recursive: true },
      { remove: `${home}/.*_history` },
      ...['.lesshst', '.viminfo', '.wget-hsts', '.rnd', '.Xauthority', '.sudo_as_admin_successful'].map(
        (name) => ({ remove: `${home}/${name}` }),
      ),
      { remove: `${home}/.cache`, recursive: true },
    ]),
  },
  {
    id: 'logs',
    category: 'clean',
    summary: 'no logs of the building',
    reason: 'they are not about the instance',
    source: 'create-lx-image',
    wants: ({ root }) => logs(root),
  },
  {
    id: 'records',
    category: 'clean',
    summary: 'no records of what happened on the machine on which the image was built',
    reason: 'logins, crashes, timers and rotated logs of another machine mislead people and programs',
    source: 'virt-sysprep(1): abrt-data, crash-data, utmp, pacct-log, rpm-db, lvm-uuids; systemd.timer(5)',
    wants: [
      ...removeAll(`/var/lib/logrotate/status /var/lib/logrotate/logrotate.status /var/lib/logrotate.status
        /var/lib/systemd/timers/* /var/lib/systemd/coredump/* /var/lib/systemd/rfkill/* /var/lib/systemd/backlight/*
        /var/lib/wtmpdb/wtmp.db /var/lib/lastlog/lastlog2.db /var/lib/rpm/__db.* /etc/blkid.tab /etc/blkid/blkid.tab
        /etc/lvm/archive/* /etc/lvm/backup/* /etc/lvm/cache/.cache /etc/lvm/devices/system.devices
        /etc/multipath/wwids /etc/multipath/bindings`),
      ...removeAll('/var/crash/* /var/spool/abrt/* /var/tmp/abrt/* /var/lib/apport/coredump/*'),
      { empty: '/var/account/pacct' },
    ],
  },
  {
    id: 'agent-records',
    category: 'clean',
    summary: 'nothing that the agent remembers of an instance, and no scripts and user-data of it',
    reason: 'they are of the machine from which the image was made, and may hold secrets',
    source: 'docs/security.md; the guest tools keep scripts and user-data at the same places',
    wants:
      removeAll(`/var/lib/lx-agent/state.json /var/lib/lx-agent/metadata.json /var/lib/lx-agent/report-*.json
      /var/svc/mdata-user-script /var/svc/mdata-operator-script /var/svc/provision_success
      /var/db/mdata-user-data`),
  },
  {
    id: 'installer-records',
    category: 'clean',
    summary: 'no answers and logs of an installer',
    reason: "they hold the builder's choices, hashes of passwords among them",
    source: "anaconda, Red Hat's installer",
    wants: removeAll(
      '/root/anaconda-ks.cfg /root/original-ks.cfg /root/install.log /root/install.log.syslog',
    ),
  },
  {
    id: 'cloud-init-state',
    category: 'clean',
    summary: 'nothing that cloud-init remembers of an instance',
    reason: 'it would take a first boot for a later one, and keeps user-data of the build',
    source: 'cloud-init(1), clean',
    wants: removeAll(
      '/var/lib/cloud/instances /var/lib/cloud/instance /var/lib/cloud/data /var/lib/cloud/sem',
    ),
  },
  {
    // The lists of apt stay: without them nothing can be installed before they are fetched again.
    id: 'caches',
    category: 'clean',
    summary: 'no packages that were fetched for the build',
    reason: 'they make the image larger, and are old when an instance starts',
    source: "image builders' practice; virt-sysprep(1): package-manager-cache",
    wants: [
      ...removeAll(`/var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/* /var/cache/apt/*.bin`),
      ...removeAll(
        `/var/cache/dnf/* /var/cache/yum/* /var/cache/libdnf5/* /var/cache/zypp/* /var/cache/pacman/pkg/*
        /var/cache/apk/* /var/cache/xbps/* /var/cache/distfiles/* /var/cache/binpkgs/*
        /var/cache/PackageKit/*`,
      ),
    ],
  },
  {
    id: 'spools',
    category: 'clean',
    summary: 'no mail and no jobs that wait',
    reason: 'every instance would send and run them',
    source: 'virt-sysprep(1): mail-spool, cron-spool; postfix, exim, sendmail, at(1), cups',
    wants: [
      ...removeAll(`/var/mail/* /var/spool/mail/* /var/spool/cups/* /var/spool/rsyslog/* /var/spool/mqueue/*
        /var/spool/clientmqueue/* /var/spool/exim*/input/* /var/spool/exim*/msglog/*`),
      { remove: '/var/spool/at/*', except: /\/(\.SEQ|spool)$/ },
      { remove: '/var/spool/cron/atjobs/*', except: /\/\.SEQ$/ },
      ...['active', 'bounce', 'corrupt', 'defer', 'deferred', 'hold', 'incoming', 'maildrop', 'trace'].map(
        (queue) => ({ remove: `/var/spool/postfix/${queue}/*`, recursive: true }),
      ),
    ],
  },
  {
    id: 'temporary-files',
    category: 'clean',
    summary: 'nothing in /tmp and /var/tmp',
    reason: 'it is left from the build',
    source: 'hier(7); virt-sysprep(1): tmp-files',
    wants: temporaryFiles,
  },
  {
    id: 'docker-mark',
    category: 'clean',
    summary: 'no /.dockerenv',
    reason: 'programs take the instance for a Docker container',
    source: 'lx-images',
    wants: removeAll('/.dockerenv /run/.containerenv'),
  },
  {
    id: 'start-policy',
    category: 'clean',
    summary: 'no policy-rc.d that lets no service start',
    reason:
      'a build forbids services to start by it; in an instance, no service of a package would start when it is installed',
    source: "invoke-rc.d(8); Debian's container images",
    wants: ({ root }) => {
      const path = '/usr/sbin/policy-rc.d';
      const lines = (root.entry(path)?.kind === 'file' ? (root.readText(path) ?? '') : '').split('\n');
      const commands = lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');
      return commands.join() === 'exit 101' ? [{ remove: path }] : [];
    },
  },
];
