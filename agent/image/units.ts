import type { Change, FileChange, LinkChange } from '../change/change.ts';
import type { InitSystem } from '../system/init.ts';
import type { ReadableRoot } from '../system/system.ts';
import { unitText } from './assets.ts';
import { isBuiltIn, withBothStages, withLateStage, withoutEarlyStage, withoutStages } from './inittab.ts';
import { earlyLinks, lateLinks } from './insserv.ts';
import { kernelProbe } from './kernel-probe.ts';
import { rcLocalLine, rcLocalPaths } from './own-lines.ts';

const runIt = 'init runs the agent by it';

/**
 * What makes an init system run both stages: its unit files, and the links and entries that enable them, without
 * running anything of the root's. In a root where it has been done, all of it is there already. Throws RootError.
 */
export function unitChanges(root: ReadableRoot, init: InitSystem): Change[] {
  switch (init) {
    case 'systemd':
      return [...systemd(), ...generator(root)];
    case 'upstart':
      // Red Hat 6 has Upstart in name: its jobs run rc.sysinit and rc, and services are rc's.
      return has(root, '/etc/rc.d/rc.sysinit') ? redhat6() : upstart();
    case 'sysvinit':
      return has(root, '/etc/rc.d/rc.sysinit') ? redhat6() : sysvinit(root);
    case 'openrc':
      return openrc(root);
    case 'runit':
      return runit(root);
    case 'busybox':
      return busybox(root);
    case 'rc.local':
      return rcLocal(root);
  }
}

/**
 * Below /usr/lib, where a vendor's units belong, so that an administrator can mask and override them in /etc. Every
 * systemd looks there, also one whose own units are in /lib. The links are what `systemctl enable` makes.
 */
function systemd(): Change[] {
  const folder = '/usr/lib/systemd';
  const enable = (name: string, target: string) =>
    enabling(
      `/etc/systemd/system/${target}.wants/${name}`,
      `${folder}/system/${name}`,
      `${target} starts it`,
    );
  return [
    file(`${folder}/system/lx-agent-early.service`, 'systemd/lx-agent-early.service', 0o644),
    file(`${folder}/system/lx-agent-late.service`, 'systemd/lx-agent-late.service', 0o644),
    file(`${folder}/system-preset/00-lx-agent.preset`, 'systemd/lx-agent.preset', 0o644),
    enable('lx-agent-early.service', 'sysinit.target'),
    enable('lx-agent-late.service', 'multi-user.target'),
  ];
}

/** The probe that the generator calls; it is the generator's alone, so it has no place in PATH. */
export const kernelProbePath = '/usr/lib/lx-agent/kernel-probe';

/**
 * The generator that takes back what a zone's kernel refuses, for the system's services and for those of users. A file
 * of its name in /etc/systemd/system-generators is the administrator's, and comes before it.
 */
function generator(root: ReadableRoot): Change[] {
  // Debian had systemd in /lib until it merged the two.
  const split = !has(root, '/usr/lib/systemd/systemd') && has(root, '/lib/systemd/systemd');
  const path = `${split ? '/lib' : '/usr/lib'}/systemd/system-generators/lx-agent`;
  const why = 'services start where the kernel refuses their sandbox';
  return [
    { kind: 'file', path: kernelProbePath, content: kernelProbe(), mode: 0o755, claim: 'always', why },
    { ...file(path, 'systemd/lx-agent-generator', 0o755), why },
    link('/usr/lib/systemd/user-generators/lx-agent', split ? path : '../system-generators/lx-agent', why),
  ];
}

function upstart(): Change[] {
  return ['lx-agent-early.conf', 'lx-agent-late.conf', 'lx-agent-network-events.conf'].map((name) =>
    file(`/etc/init/${name}`, `upstart/${name}`, 0o644),
  );
}

function sysvinit(root: ReadableRoot): Change[] {
  return [
    ...sysvinitEarly(root),
    ...lateStage(),
    file('/etc/init.d/lx-agent-late', 'sysvinit/lx-agent-late', 0o755),
    ...lateLinks(root),
  ];
}

function sysvinitEarly(root: ReadableRoot): Change[] {
  return [file('/etc/init.d/lx-agent-early', 'sysvinit/lx-agent-early', 0o755), ...earlyLinks(root)];
}

/** With the numbers of the scripts' own chkconfig headers, as `chkconfig --add` would. */
function redhat6(): Change[] {
  const enable = (runlevels: string, prefix: string, name: string) =>
    [...runlevels].map((level) =>
      enabling(`/etc/rc.d/rc${level}.d/${prefix}${name}`, `../init.d/${name}`, `runlevel ${level} runs it`),
    );
  return [
    ...lateStage(),
    file('/etc/rc.d/init.d/lx-agent-early', 'redhat6/lx-agent-early', 0o755),
    file('/etc/rc.d/init.d/lx-agent-late', 'redhat6/lx-agent-late', 0o755),
    ...enable('2345', 'S00', 'lx-agent-early'),
    ...enable('016', 'K99', 'lx-agent-early'),
    ...enable('2345', 'S56', 'lx-agent-late'),
    ...enable('016', 'K01', 'lx-agent-late'),
  ];
}

function openrc(root: ReadableRoot): Change[] {
  // Debian starts the mounts and the network in `sysinit`, everybody else in `boot`; we belong where they are.
  const early = has(root, '/etc/runlevels/sysinit/networking') ? 'sysinit' : 'boot';
  const table = textOf(root, '/etc/inittab');
  // A table that the agent made for BusyBox alone is none of OpenRC's.
  const hasTable = table !== undefined && !isBuiltIn(withoutStages(table));
  const enable = (runlevel: string, name: string) =>
    enabling(`/etc/runlevels/${runlevel}/${name}`, `/etc/init.d/${name}`, `runlevel ${runlevel} runs it`);
  return [
    ...lateStage(),
    file('/etc/init.d/lx-agent-early', 'openrc/lx-agent-early', 0o755),
    enable(early, 'lx-agent-early'),
    // The gettys wait for the runlevel; BusyBox's init can start what nothing waits for.
    ...(initIs(root, /busybox/) && hasTable
      ? [inittab(root, withLateStage(withoutEarlyStage(table)))]
      : [
          file('/etc/init.d/lx-agent-late', 'openrc/lx-agent-late', 0o755),
          enable('default', 'lx-agent-late'),
        ]),
    ...shutdownWrapper(root),
  ];
}

function runit(root: ReadableRoot): Change[] {
  // Void's stage 1 sources core-services, Debian's boot-run if it was told to (`native.boot.run`), else runs rcS.d.
  const name = '04-lx-agent.sh';
  // A folder with our script alone is what an earlier installation left.
  const sources = (folder: string) => root.list(folder).some((entry) => entry !== name);
  const isVoid = sources('/etc/runit/core-services');
  const sourced = isVoid
    ? '/etc/runit/core-services'
    : sources('/etc/runit/boot-run') && has(root, '/etc/runit/native.boot.run')
      ? '/etc/runit/boot-run'
      : undefined;
  const early =
    sourced === undefined
      ? sysvinitEarly(root)
      : [file(`${sourced}/${name}`, 'runit/lx-agent-early.sh', 0o644)];
  const service = '/etc/sv/lx-agent-late';
  const supervise = isVoid ? '/run/runit/supervise.' : '/run/runit/supervise/';
  return [
    ...early,
    file(`${service}/run`, 'runit/lx-agent-late.run', 0o755),
    link(`${service}/supervise`, `${supervise}lx-agent-late`, 'what runsv notes is no part of /etc'),
    enabling('/etc/runit/runsvdir/default/lx-agent-late', service, 'stage 2 runs it'),
  ];
}

function busybox(root: ReadableRoot): Change[] {
  return [
    ...lateStage(),
    inittab(root, withBothStages(textOf(root, '/etc/inittab'))),
    ...shutdownWrapper(root),
  ];
}

function inittab(root: ReadableRoot, text: string): FileChange {
  return {
    kind: 'file',
    path: '/etc/inittab',
    content: Buffer.from(text, 'latin1'),
    mode: root.entry('/etc/inittab')?.mode ?? 0o644,
    claim: 'shared',
    why: runIt,
  };
}

/** Whether `/sbin/init` is a link to a program of that name. */
function initIs(root: ReadableRoot, name: RegExp): boolean {
  return name.test(root.linkTarget('/sbin/init') ?? '');
}

/** vmadm stops an instance with /sbin/shutdown, which BusyBox and openrc-init have not. */
function shutdownWrapper(root: ReadableRoot): Change[] {
  if (!initIs(root, /busybox|openrc-init/)) return [];
  const there = root.entry('/sbin/shutdown');
  const wrapper = file('/sbin/shutdown', 'common/shutdown', 0o755);
  if (there !== undefined && root.readText('/sbin/shutdown') !== wrapper.content) return [];
  return [{ ...wrapper, why: 'vmadm stops the instance by it' }];
}

function rcLocal(root: ReadableRoot): Change[] {
  const path = rcLocalPath(root);
  const before = textOf(root, path) ?? '#!/bin/sh\n';
  const [first = '', ...rest] = before.split('\n');
  const content = before.split('\n').includes(rcLocalLine)
    ? before
    : first.startsWith('#!')
      ? [first, rcLocalLine, ...rest].join('\n')
      : `#!/bin/sh\n${rcLocalLine}\n${before}`;
  return [
    ...lateStage(),
    file(rcLocalLine, 'rc.local/boot', 0o755),
    { kind: 'file', path, content: Buffer.from(content, 'latin1'), mode: 0o755, claim: 'shared', why: runIt },
  ];
}

/** The rc.local of a root, or where it would be. */
export function rcLocalPath(root: ReadableRoot): string {
  const [redhat, others] = rcLocalPaths;
  return has(root, redhat) ? redhat : others;
}

function lateStage(): Change[] {
  return [file('/usr/lib/lx-agent/late-stage', 'common/late-stage', 0o755)];
}

/** A character for each byte: others' lines stay as they are, in whatever encoding. */
function textOf(root: ReadableRoot, path: string): string | undefined {
  return root.read(path)?.toString('latin1');
}

function has(root: ReadableRoot, path: string): boolean {
  return root.entry(path) !== undefined;
}

/** What lies in /etc is the administrator's to edit; the rest is ours. */
function file(path: string, unit: string, mode: number): FileChange {
  const claim = path.startsWith('/etc/') ? 'ours-until-edited' : 'always';
  return { kind: 'file', path, content: unitText(unit), mode, claim, why: runIt };
}

function link(path: string, target: string, why: string): LinkChange {
  return { kind: 'link', path, target, why };
}

function enabling(path: string, target: string, why: string): LinkChange {
  return { ...link(path, target, why), enables: true };
}
