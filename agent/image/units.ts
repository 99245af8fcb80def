import type { Change, FileChange, LinkChange } from '../change/change.ts';
import type { InitSystem } from '../system/init.ts';
import type { ReadableRoot } from '../system/system.ts';
import { unitText } from './assets.ts';
import { isBuiltIn, withBothStages, withLateStage, withoutEarlyStage, withoutStages } from './inittab.ts';
import { earlyLinks, lateLinks } from './insserv.ts';
import { kernelProbe } from './kernel-probe.ts';
import { rcLocalLine, rcLocalPaths } from './own-lines.ts';

const runIt = 'init runs the agent with it';

/**
 * The Changes that make an init system run both stages: its unit files, and the links and entries that enable them.
 * Nothing in the root is run. If the root has been changed before, all of this is already there. Throws RootError.
 */
export function unitChanges(root: ReadableRoot, init: InitSystem): Change[] {
  switch (init) {
    case 'systemd':
      return [...systemd(), ...generator(root)];
    case 'upstart':
      // Red Hat 6 has Upstart only in name: its jobs run rc.sysinit and rc, and rc starts the services.
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
 * The units go below /usr/lib, where a vendor's units belong, so that an administrator can mask and override them in
 * /etc. Every systemd looks there, even if its own units are in /lib. The links are those that `systemctl enable`
 * makes.
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

/** The probe that the generator calls. Only the generator uses it, so it is not in PATH. */
export const kernelProbePath = '/usr/lib/lx-agent/kernel-probe';

/**
 * The generator that turns off what a zone's kernel refuses, for system services and user services. A file with its
 * name in /etc/systemd/system-generators belongs to the administrator and overrides it.
 */
function generator(root: ReadableRoot): Change[] {
  // Debian had systemd in /lib until it merged the two.
  const split = !has(root, '/usr/lib/systemd/systemd') && has(root, '/lib/systemd/systemd');
  const path = `${split ? '/lib' : '/usr/lib'}/systemd/system-generators/lx-agent`;
  const why = 'services start although the kernel refuses their sandbox';
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

/** The links have the numbers of the scripts' chkconfig headers, as `chkconfig --add` would make them. */
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
  // Debian starts the mounts and the network in `sysinit`, all others in `boot`. The early stage belongs in the same
  // runlevel.
  const early = has(root, '/etc/runlevels/sysinit/networking') ? 'sysinit' : 'boot';
  const table = textOf(root, '/etc/inittab');
  // A table that the agent made for BusyBox alone does not belong to OpenRC.
  const hasTable = table !== undefined && !isBuiltIn(withoutStages(table));
  const enable = (runlevel: string, name: string) =>
    enabling(`/etc/runlevels/${runlevel}/${name}`, `/etc/init.d/${name}`, `runlevel ${runlevel} runs it`);
  return [
    ...lateStage(),
    file('/etc/init.d/lx-agent-early', 'openrc/lx-agent-early', 0o755),
    enable(early, 'lx-agent-early'),
    // The gettys wait for the runlevel. BusyBox's init can start the late stage without making anything wait.
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
  // Void's stage 1 sources core-services. Debian's sources boot-run if `native.boot.run` exists, and runs rcS.d
  // otherwise.
  const name = '04-lx-agent.sh';
  // A folder with only our script was left by an earlier installation.
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
    link(`${service}/supervise`, `${supervise}lx-agent-late`, 'runsv keeps its state outside /etc'),
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

/** vmadm stops an instance with /sbin/shutdown, which BusyBox and openrc-init do not have. */
function shutdownWrapper(root: ReadableRoot): Change[] {
  if (!initIs(root, /busybox|openrc-init/)) return [];
  const there = root.entry('/sbin/shutdown');
  const wrapper = file('/sbin/shutdown', 'common/shutdown', 0o755);
  if (there !== undefined && root.readText('/sbin/shutdown') !== wrapper.content) return [];
  return [{ ...wrapper, why: 'vmadm stops the instance with it' }];
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

/** One character for each byte, so that others' lines stay unchanged in any encoding. */
function textOf(root: ReadableRoot, path: string): string | undefined {
  return root.read(path)?.toString('latin1');
}

function has(root: ReadableRoot, path: string): boolean {
  return root.entry(path) !== undefined;
}

/** An administrator may edit files in /etc. All other files are ours. */
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
