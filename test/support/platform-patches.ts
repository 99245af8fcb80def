import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// What the platform's scripts do to a root before each boot, as far as it matters to what preparing does: stand-ins of
// lx_boot_zone_{debian,ubuntu,redhat,busybox}.ksh, SmartOS and OmniOS 2015 to 2025, by what those scripts do.

const mark = '# AUTOMATIC ZONE CONFIG';
const inittabMark = '# Modified by lx brand';

interface Patch {
  readonly resolvers?: readonly string[];
  readonly domain?: string;
}

const at = (root: string) => ({
  has: (path: string) => existsSync(join(root, path)),
  isFile: (path: string) => lstatSync(join(root, path), { throwIfNoEntry: false })?.isFile() === true,
  text: (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : ''),
  write: (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    rmSync(join(root, path), { force: true });
    writeFileSync(join(root, path), text, { mode: 0o755 });
  },
  remove: (path: string) => rmSync(join(root, path), { force: true }),
});

function resolvConf({ resolvers = [], domain = 'example.com' }: Patch): string {
  return [mark, ...resolvers.map((one) => `nameserver ${one}`), `search ${domain}`, ''].join('\n');
}

function inittab(root: string, terminals: RegExp, getty: string): void {
  const { isFile, text, write } = at(root);
  const path = '/etc/inittab';
  if (!isFile(path) || text(path).includes('Modified by lx brand')) return;
  write(path, `${text(path).replace(terminals, '# Disabled by lx brand: $&')}${getty}\n${inittabMark}\n`);
}

function sharedMemory(root: string): void {
  const { text, write } = at(root);
  const path = '/etc/fstab';
  const has = text(path)
    .split('\n')
    .some((line) => line.split(/\s+/)[1] === '/dev/shm');
  if (!has) write(path, `${text(path)}swapfs    /dev/shm    tmpfs    defaults    0 0\n`);
}

/** Services of rc scripts are deleted, with every link to them. */
function deleteServices(
  root: string,
  names: readonly string[],
  scripts: string,
  levels: readonly string[],
): void {
  for (const name of names) rmSync(join(root, scripts, name), { force: true });
  for (const level of levels) {
    if (!existsSync(join(root, level))) continue;
    for (const entry of readdirSync(join(root, level)))
      if (/^[SK]\d\d/.test(entry) && names.includes(entry.slice(3))) rmSync(join(root, level, entry));
  }
}

export function patchDebian(root: string, patch: Patch): void {
  const { has, write } = at(root);
  if (patch.resolvers !== undefined && has('/etc/resolv.conf')) write('/etc/resolv.conf', resolvConf(patch));
  if (has('/etc/network/interfaces'))
    write('/etc/network/interfaces', `${mark}\niface lo inet manual\niface eth0 inet manual\n`);
  inittab(root, /^[1-6]:/gm, '1:2345:respawn:/sbin/getty 38400 console');
  const levels = ['0', '1', '2', '3', '4', '5', '6', 'S'].map((level) => `/etc/rc${level}.d`);
  const names = 'checkfs.sh checkroot.sh hwclock.sh kmod mtab.sh procps udev udev-mtab'.split(' ');
  deleteServices(root, names, '/etc/init.d', levels);
  sharedMemory(root);
}

export function patchUbuntu(root: string, patch: Patch): void {
  const { has, isFile, write } = at(root);
  if (patch.resolvers !== undefined && has('/etc/resolvconf/resolv.conf.d'))
    write('/etc/resolvconf/resolv.conf.d/tail', resolvConf(patch));
  const lines = ['description "Mount filesystems on boot"', 'start on startup', 'task', 'script'];
  const events = [
    'virtual-filesystems',
    'mounted MOUNTPOINT=/run TYPE=tmpfs',
    'local-filesystems',
    'all-swaps',
    'filesystem',
  ];
  const emits = events.map((event) => `    /sbin/initctl emit --no-wait ${event}`);
  if (has('/etc/init')) {
    // At each boot, whatever is there; the others only where there is none.
    write('/etc/init/mountall.override', [...lines, ...emits, 'end script', ''].join('\n'));
    if (!isFile('/etc/init/container-detect.override'))
      write('/etc/init/container-detect.override', 'start on mounted MOUNTPOINT=/run\n');
  }
}

export function patchRedhat(root: string, patch: Patch): void {
  const { has, isFile, text, write } = at(root);
  const head =
    '#!/bin/bash\n# network       Bring up/down networking\n\ncase "$1" in\n    start)\n    [ "$EUID" != "0" ] && exit 4\n\n';
  const tail =
    '    touch /var/lock/subsys/network\n    rc=0\n    ;;\n  stop)\n    rm -f /var/lock/subsys/network\n    rc=0\n    ;;\nesac\n\nexit $rc\n';
  const network = '/etc/rc.d/init.d/network';
  if (patch.resolvers !== undefined) write('/etc/resolv.conf', resolvConf(patch));
  // The file with the head has become resolv.conf.
  if (has(network)) write(network, patch.resolvers === undefined ? `${head}${tail}` : tail);
  if (isFile('/etc/inittab') && !text('/etc/inittab').includes('Modified by lx brand'))
    write(
      '/etc/inittab',
      `${text('/etc/inittab').replace(/^id:5:initdefault:/gm, 'id:3:initdefault: $&')}${inittabMark}\n`,
    );
  if (!text('/etc/sysconfig/network').includes('NETWORKING=yes'))
    write('/etc/sysconfig/network', 'NETWORKING=yes\nHOSTNAME=zone\n');
  const levels = [0, 1, 2, 3, 4, 5, 6].map((level) => `/etc/rc.d/rc${level}.d`);
  deleteServices(root, 'auditd ip6tables iptables ntpd'.split(' '), '/etc/rc.d/init.d', levels);
}

/** `year`: until 2023 the head of `networking` was lost where the zone has resolvers. */
export function patchBusybox(root: string, { year, ...patch }: Patch & { readonly year: number }): void {
  const { has, isFile, write } = at(root);
  const head =
    '#!/sbin/runscript\ndepend() {\n    need localmount\n    after bootmisc hwdrivers modules\n    provide net\n    keyword nojail noprefix novserver\n}\nstart() {\n';
  const resolv = `    if [ ! -e /etc/resolv.conf ]; then\n        echo "${mark}" > /etc/resolv.conf\n${(patch.resolvers ?? []).map((one) => `        echo "nameserver ${one}" >> /etc/resolv.conf\n`).join('')}        echo "search example.com" >> /etc/resolv.conf\n    fi\n`;
  const end = '    return 0\n    }\n    stop() {\n        return 0\n    }\n';
  const start = patch.resolvers === undefined ? head : year < 2023 ? resolv : `${head}${resolv}`;
  if (has('/etc/init.d/networking')) write('/etc/init.d/networking', `${start}${end}`);
  inittab(root, /^tty[1-6]:/gm, 'console::respawn:/sbin/getty 38400 console');
  const stub = (depend: string) =>
    `#!/sbin/runscript\n\ndepend() {\n${depend}}\n\nstart() {\n    return 0\n}\n`;
  const stubs = {
    fsck: '    use dev clock modules\n',
    hwclock: '    provide clock\n',
    klogd: '    need clock hostname localmount\n    before net\n',
    sysfs: '',
  };
  for (const [name, depend] of Object.entries(stubs))
    if (isFile(`/etc/init.d/${name}`)) write(`/etc/init.d/${name}`, stub(depend));
  sharedMemory(root);
}
