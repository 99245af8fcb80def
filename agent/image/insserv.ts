import type { Change, FileChange } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';

/**
 * What insserv would do for our early script on Debian: a numbered link, and an entry in the dependency file that
 * startpar uses. If that file exists, startpar silently ignores a link that is not in it. The names below repeat the
 * LSB headers of units/sysvinit/. A boot test compares the result with that of insserv.
 */
export function earlyLinks(root: ReadableRoot): Change[] {
  return [
    link(`/etc/rcS.d/S${String(earlyNumber(root)).padStart(2, '0')}${early}`, early),
    ...dependencyFile(root, 'boot', early, beforeEarly, afterEarly),
  ];
}

/** The same for the late script. */
export function lateLinks(root: ReadableRoot): Change[] {
  return [
    ...['2', '3', '4', '5'].map((level) => madeLink(`/etc/rc${level}.d`, 'S01', late, root)),
    ...['0', '1', '6'].map((level) => madeLink(`/etc/rc${level}.d`, 'K01', late, root)),
    ...dependencyFile(root, 'start', late, [], afterLate),
    ...dependencyFile(root, 'stop', late, [], afterLateStop),
  ];
}

const early = 'lx-agent-early';
const late = 'lx-agent-late';

/** `$local_fs` in /etc/insserv.conf, and mountkernfs. */
const beforeEarly = ['mountkernfs.sh', 'mountall.sh', 'mountall-bootclean.sh', 'mountoverflowtmp'];
/** X-Start-Before of the early script. */
const afterEarly = ['networking', 'resolvconf', 'dhcpcd'];
/** What comes after `$all`. */
const afterLate = ['rc.local'];
/** `$remote_fs` and `$network` at shutdown, and what ends every process. */
const afterLateStop = ['sendsigs', 'umountnfs.sh', 'networking', 'umountfs'];

/**
 * A number that is higher than all before us, and not higher than any after us. Without startpar, scripts with the same
 * number run in order of their names, and ours sorts before `networking`. The link keeps the number that it has,
 * perhaps from insserv, unless it would come before the mounts.
 */
function earlyNumber(root: ReadableRoot): number {
  const numbers = (names: readonly string[]) =>
    root
      .list('/etc/rcS.d')
      .map((entry) => /^S(\d\d)(.+)$/.exec(entry))
      .filter((match) => match?.[2] !== undefined && names.includes(match[2]))
      .map((match) => Number(match?.[1]));
  const first = Math.max(0, ...numbers(beforeEarly)) + 1;
  const made = numbers([early]).find((number) => number >= first);
  return made ?? Math.min(first, ...numbers(afterEarly));
}

/** The link, under the number that insserv may have given it since. */
function madeLink(folder: string, prefix: string, name: string, root: ReadableRoot): Change {
  const made = root.list(folder).find((entry) => /^[SK]\d\d/.test(entry) && entry.slice(3) === name);
  return link(`${folder}/${made ?? `${prefix}${name}`}`, name);
}

function link(path: string, name: string): Change {
  return { kind: 'link', path, target: `../init.d/${name}`, enables: true, why: 'rc runs it' };
}

/** One of /etc/init.d/.depend.*, with our script in it; nothing if there is no such file. */
function dependencyFile(
  root: ReadableRoot,
  which: 'boot' | 'start' | 'stop',
  name: string,
  before: readonly string[],
  after: readonly string[],
): FileChange[] {
  const path = `/etc/init.d/.depend.${which}`;
  const text = root.read(path)?.toString('latin1');
  if (text === undefined) return [];
  const content = Buffer.from(withDependency(text, name, before, after), 'latin1');
  const mode = root.entry(path)?.mode ?? 0o644;
  return [{ kind: 'file', path, content, mode, claim: 'shared', why: 'startpar runs only what is in it' }];
}

/**
 * A dependency file with one more script: It waits for those in `before`, and those in `after` wait for it, as far as
 * the file has them. The format: `TARGETS = a b c`, `INTERACTIVE = …`, and `b: a` where b waits for a.
 */
export function withDependency(
  text: string,
  name: string,
  before: readonly string[],
  after: readonly string[],
): string {
  const lines = text.split('\n');
  const targets = (lines.find((line) => line.startsWith('TARGETS =')) ?? '')
    .split(/\s+/)
    .slice(2)
    .filter(Boolean);
  if (targets.includes(name)) return text;
  const waitsFor = before.filter((other) => targets.includes(other));
  const waiting = new Set(after.filter((other) => targets.includes(other)));
  const first = targets.findIndex((target) => waiting.has(target));
  targets.splice(first === -1 ? targets.length : first, 0, name);

  const result = lines.map((line) => {
    if (line.startsWith('TARGETS =')) return `TARGETS = ${targets.join(' ')}`;
    const rule = /^([^\s:=]+):/.exec(line)?.[1];
    if (rule === undefined || !waiting.delete(rule)) return line;
    return `${line.trimEnd()} ${name}`;
  });
  const added = [...waiting].map((other) => `${other}: ${name}`);
  if (waitsFor.length > 0) added.unshift(`${name}: ${waitsFor.join(' ')}`);
  const end = result.at(-1) === '' ? result.length - 1 : result.length;
  result.splice(end, 0, ...added);
  return result.join('\n');
}

/**
 * The present path of one of our links in a run-level folder. insserv renumbers links when scripts are added or
 * removed.
 */
export function renumbered(path: string, target: string, root: ReadableRoot): string {
  const [, folder = '', letter = '', name = ''] =
    /^(\/etc\/rc.\.d)\/([SK])\d\d(lx-agent-.+)$/.exec(path) ?? [];
  if (name === '' || root.entry(path) !== undefined) return path;
  const now = root
    .list(folder)
    .find((entry) => entry.startsWith(letter) && /^.\d\d/.test(entry) && entry.slice(3) === name);
  return now !== undefined && root.linkTarget(`${folder}/${now}`) === target ? `${folder}/${now}` : path;
}

/** A dependency file without our scripts, even if insserv has rewritten it since; undefined for any other file. */
export function withoutDependencies(path: string, text: string): string | undefined {
  if (!/^\/etc\/init\.d\/\.depend\.(boot|start|stop)$/.test(path)) return undefined;
  return text
    .split('\n')
    .filter((line) => !line.startsWith(`${early}:`) && !line.startsWith(`${late}:`))
    .flatMap((line) => {
      const without = line.replaceAll(/ lx-agent-(early|late)(?= |$)/g, '');
      return without !== line && /^[^\s=]+:\s*$/.test(without) ? [] : [without];
    })
    .join('\n');
}
