import type { ReadableRoot } from '../system/system.ts';
import type { Want } from './want.ts';

/** The largest init script that is read, in bytes. */
const scriptLimit = 256 * 1024;
const header = /^### BEGIN INIT INFO\n[\s\S]*?^### END INIT INFO\n/m;
const requirements = /^(# Required-Start:[ \t]*)(.*)$/m;

/**
 * Let Debian's init scripts run without others that are off. insserv fails if a script requires one that is off, and
 * then no package with a service can be installed any more. So the script gets an override header, insserv(8), that
 * requires what the stopped script itself required. The dependency file is changed as well: otherwise startpar would
 * start the script before everything else.
 */
export function doWithout(stopped: readonly string[], root: ReadableRoot): readonly Want[] {
  const replaced = facilitiesOf(stopped, root);
  const overrides = root
    .list('/etc/init.d')
    .filter((name) => !stopped.includes(name))
    .flatMap((name): Want[] => {
      const before = headerOf(name, root);
      const after = before?.replace(
        requirements,
        (_line, start: string, names: string) => start + resolve(words(names), replaced).join(' '),
      );
      if (after === undefined || after === before) return [];
      return [{ file: `/etc/insserv/overrides/${name}`, content: after, beside: '/sbin/insserv' }];
    });
  return [...overrides, { edit: '/etc/init.d/.depend.boot', as: (text) => withBridges(text, stopped) }];
}

/**
 * What Debian's scripts provide and require (initscripts 3.06, kmod, procps, udev). The platform deletes them at each
 * boot, so a root that it has patched may not have them any more.
 */
const headersOfDebian: Readonly<Record<string, string>> = {
  'checkroot.sh': initHeader('checkroot mtab', 'mountdevsubfs hostname'),
  'checkfs.sh': initHeader('checkfs', 'checkroot'),
  'hwclock.sh': initHeader('hwclock', ''),
  kmod: initHeader('kmod', ''),
  'mtab.sh': initHeader('mtab', 'checkroot'),
  procps: initHeader('procps', 'mountkernfs $local_fs'),
  udev: initHeader('udev', 'mountkernfs'),
  'udev-mtab': initHeader('udev-mtab', 'udev $local_fs'),
};

function initHeader(provides: string, required: string): string {
  return `# Provides: ${provides}\n# Required-Start: ${required}\n`;
}

/** The facilities that the stopped scripts provide, each with what its script requires. */
function facilitiesOf(
  stopped: readonly string[],
  root: ReadableRoot,
): ReadonlyMap<string, readonly string[]> {
  // Scripts that exist come last, because their headers take precedence.
  const there = stopped.filter((name) => headerOf(name, root) !== undefined);
  const gone = stopped.filter((name) => !there.includes(name));
  return new Map(
    [...gone, ...there].flatMap((name): [string, readonly string[]][] => {
      const text = headerOf(name, root) ?? headersOfDebian[name];
      if (text === undefined) return [];
      const provides = words(/^# Provides:(.*)$/m.exec(text)?.[1] ?? '');
      const requires = words(requirements.exec(text)?.[2] ?? '');
      return provides.map((facility) => [facility, requires]);
    }),
  );
}

function headerOf(name: string, root: ReadableRoot): string | undefined {
  const path = `/etc/init.d/${name}`;
  return root.entry(path)?.kind === 'file'
    ? header.exec(root.readText(path, scriptLimit) ?? '')?.[0]
    : undefined;
}

/** Replace names by those in `replaced`, repeatedly, and list each result once. */
function resolve(
  names: readonly string[],
  replaced: ReadonlyMap<string, readonly string[]>,
  seen: ReadonlySet<string> = new Set(),
): readonly string[] {
  const resolved = names.flatMap((name) => {
    if (seen.has(name)) return [];
    const others = replaced.get(name);
    return others === undefined ? [name] : resolve(others, replaced, new Set([...seen, name]));
  });
  return [...new Set(resolved)];
}

/**
 * A dependency file (see insserv.ts) in which each script that waits for a stopped script also waits for what the
 * stopped one waits for. Names are only added: startpar skips those that have no link.
 */
export function withBridges(text: string, stopped: readonly string[]): string {
  const waits = new Map(
    text.split('\n').flatMap((line): [string, readonly string[]][] => {
      const [, name, others] = dependency.exec(line) ?? [];
      return name === undefined || !stopped.includes(name) ? [] : [[name, words(others ?? '')]];
    }),
  );
  return text
    .split('\n')
    .map((line) => {
      const [, name, others = ''] = dependency.exec(line) ?? [];
      if (name === undefined || stopped.includes(name)) return line;
      const missing = resolve(words(others), waits).filter((other) => !words(others).includes(other));
      return missing.length === 0 ? line : `${line.trimEnd()} ${missing.join(' ')}`;
    })
    .join('\n');
}

/**
 * The present dependency file without the names that `withBridges` added when it turned `was` into `made`. Other lines
 * may have changed: the agent adds its own scripts to the file, and insserv rewrites it.
 */
export function withoutAddedNames(now: string, was: string, made: string): string {
  const before = rulesOf(was);
  const added = new Map(
    [...rulesOf(made)].map(([name, others]) => [
      name,
      others.filter((other) => before.get(name)?.includes(other) !== true),
    ]),
  );
  return now
    .split('\n')
    .map((line) => {
      const [, name = '', others = ''] = dependency.exec(line) ?? [];
      const ours = added.get(name) ?? [];
      const kept = words(others).filter((other) => !ours.includes(other));
      return kept.length === words(others).length ? line : `${name}: ${kept.join(' ')}`;
    })
    .join('\n');
}

/** `b: a`, where b waits for a. */
const dependency = /^([^\s:=]+): *(.*)$/;

function rulesOf(text: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    text.split('\n').flatMap((line): [string, readonly string[]][] => {
      const [, name, others = ''] = dependency.exec(line) ?? [];
      return name === undefined ? [] : [[name, words(others)]];
    }),
  );
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
