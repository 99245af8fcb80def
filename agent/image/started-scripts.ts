import type { ReadableRoot } from '../system/system.ts';

/** An administrator's scripts that distributions run at boot if they are executable. */
const localScripts = [
  '/etc/rc.local',
  '/etc/rc.d/rc.local',
  '/etc/init.d/boot.local',
  '/etc/init.d/after.local',
];

/**
 * Folders of links such as `S20name`. sysvinit and Upstart start their scripts, and systemd those that have no unit.
 * SUSE has folders of its own.
 */
const linkFolders = [
  ...['S', '2', '3', '4', '5'].map((level) => `/etc/rc${level}.d`),
  ...['2', '3', '4', '5'].map((level) => `/etc/rc.d/rc${level}.d`),
  ...['boot.d', 'rc3.d', 'rc5.d'].map((folder) => `/etc/init.d/${folder}`),
];

/** The OpenRC runlevels that a boot enters. */
const runlevels = ['sysinit', 'boot', 'default'];

/**
 * Scripts of packages that set the hostname, make keys or write resolv.conf without harm: they use the files that the
 * agent has written, or run before it.
 */
const packaged =
  /^(lx-agent-|hostname|bootmisc|boot\.|network|net\.|dhcpcd|resolvconf|sshd?($|-|\.)|dropbear|tinyssh|dbus|cloud-|rc\.local$)/;

/** The scripts that init starts at boot, each once, without those of packages that are known to do no harm. */
export function startedScripts(root: ReadableRoot): readonly string[] {
  const local = [
    ...localScripts,
    ...root
      .list('/etc/local.d')
      .filter((name) => name.endsWith('.start'))
      .map((name) => `/etc/local.d/${name}`),
  ].filter((path) => root.isExecutable(path) && root.entry(path)?.kind === 'file');
  const linked = linkFolders.flatMap((folder) =>
    root.list(folder).flatMap((entry) => /^S\d\d(.+)$/.exec(entry)?.[1] ?? []),
  );
  const inRunlevels = runlevels.flatMap((level) => root.list(`/etc/runlevels/${level}`));
  const services = [...new Set([...linked, ...inRunlevels])]
    .filter((name) => !packaged.test(name))
    .map((name) => scriptOf(name, root));
  return [...local, ...services.filter((path) => path !== undefined)];
}

function scriptOf(name: string, root: ReadableRoot): string | undefined {
  return ['/etc/init.d', '/etc/rc.d/init.d']
    .map((folder) => `${folder}/${name}`)
    .find((path) => root.entry(path)?.kind === 'file');
}
