import type { ReadableRoot } from '../system/system.ts';
import type { Want } from './want.ts';

/** Larger than any init script. */
const scriptLimit = 256 * 1024;
const header = /^### BEGIN INIT INFO\n[\s\S]*?^### END INIT INFO\n/m;
const requirements = /^(# Required-Start:[ \t]*)(.*)$/m;

/**
 * What lets Debian's init scripts do without others that are off. A script that requires one of those makes insserv
 * refuse its work from then on, so that no package with a service can be installed any more: it gets an override
 * header, insserv(8), which requires what the stopped script itself required. In the dependency file as it is,
 * startpar would start it before everything else.
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
 * What Debian's scripts provide and require (initscripts 3.06, kmod, procps, udev): the platform deletes them at each
 * boot, so that a root which it has patched may not have them any more.
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

/** What the stopped scripts provide, and what they require for it. */
function facilitiesOf(
  stopped: readonly string[],
  root: ReadableRoot,
): ReadonlyMap<string, readonly string[]> {
  // Those that are there come last: what they say holds.
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

/** Names with those that are replaced by others so replaced, as often as it takes, each once. */
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
 * A dependency file (see insserv.ts) in which what waits for a stopped script waits for what that one waits for, too.
 * Names are added and none is taken away: startpar passes over those that have no link.
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
 * A dependency file as it is now without the names that `withBridges` added when it made `made` of `was`: the agent has
 * scripts of its own in it, and insserv writes it anew, so that no line needs to be as it was.
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
