import type { Change } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';
import { startedScripts } from './started-scripts.ts';
import { enabledUnits, enablingLinks, serviceUnits, settings, type UnitFile } from './unit-files.ts';

/** A unit or a script of the image that is started at boot and writes what the agent writes. */
export interface OtherWriter {
  /** The unit file or the script. */
  readonly path: string;
  /** What it writes, as text for people: paths, or `SSH host keys`. */
  readonly writes: readonly string[];
  /** The links that start it, if it does nothing else and can be switched off. Empty if only the builder can decide. */
  readonly links: readonly string[];
}

/** The largest script that is read, in bytes. */
const scriptLimit = 256 * 1024;
export const hostKeys = 'SSH host keys';

const target = String.raw`["']?(/etc/(?:hosts|hostname|resolv\.conf|machine-id)|/\.dockerenv)["']?(?=$|[\s;&|])`;
/** Where a command can begin in a unit or a shell script: `/bin/mv`, `sh -c "mv`, `$(mv`. */
const start = String.raw`(?:^|[;&|("'\x60/]\s*|\s)`;
/** Commands that write a file. */
const writing = [
  String.raw`>>?\s*${target}`,
  String.raw`${start}(?:mv|cp|ln|install)\s[^;&|]*${target}\s*(?:$|[;&|])`,
  String.raw`${start}(?:rm|unlink|tee|truncate|touch)\s[^;&|]*?${target}`,
  String.raw`${start}sed\s[^;&|]*-[a-zA-Z]*i[^;&|]*\s${target}`,
  String.raw`${start}dd\s[^;&|]*of=${target}`,
].map((pattern) => new RegExp(pattern, 'g'));
const command = String.raw`(?:^\s*|[;&|(){"'\x60]\s*|\b(?:then|do|else|exec)\s+)(?:/\S*/)?`;
const naming = new RegExp(
  String.raw`${command}(?:hostnamectl\s+(?:set-)?hostname\s+\S|hostname\s+(?:-F\s+|--file[= ])?["'$\w/])`,
);
const keyMaking = new RegExp(
  String.raw`${start}(?:ssh-keygen\s(?:[^;&|]*\s)?-\w*A\b|dpkg-reconfigure\s[^;&|]*openssh-server|sshd-keygen\b)`,
);
const idMaking = new RegExp(String.raw`${start}systemd-machine-id-setup\b`);
/** What else such units do without harm: they switch themselves off, wait, or print something. */
const harmless =
  /^(\S*\/)?(systemctl\s+(--\S+\s+)*disable|true|sleep|echo|rm\s+-f\s+\/etc\/systemd\/system\/)\b/;

/** Which of the agent's files one command of a unit, or one line of a script, writes. */
function writtenBy(line: string): readonly string[] {
  const files = writing.flatMap((pattern) => [...line.matchAll(pattern)].map(([, path]) => path ?? ''));
  if (naming.test(line)) files.push('/etc/hostname');
  if (keyMaking.test(line)) files.push(hostKeys);
  if (idMaking.test(line)) files.push('/etc/machine-id');
  return [...new Set(files)];
}

/** Units and scripts that write what the agent writes, found by what they do, not by their names. */
export function otherWriters(root: ReadableRoot): readonly OtherWriter[] {
  const units = serviceUnits(root, enabledUnits(root));
  return [...units.flatMap((unit) => unitWriter(unit, root)), ...startScripts(root)];
}

/** Units of packages do this at the right time: before anything reads the file, and only if it is missing. */
const packaged = /^(systemd-|cloud-|ssh|dbus|dropbear|lx-agent-)/;

function unitWriter(unit: UnitFile, root: ReadableRoot): OtherWriter[] {
  if (packaged.test(unit.name) && !unit.own) return [];
  const commands = ['ExecStartPre', 'ExecStart', 'ExecStartPost'].flatMap((name) =>
    settings(unit, name).map((value) => value.replace(/^[-@:+!|]+/, '')),
  );
  const writes = commands.map((command) => [...writtenBy(command), ...writtenByScript(command, root)]);
  if (writes.every((files) => files.length === 0)) return [];
  const links = enablingLinks(root, unit.name);
  if (links.length === 0) return [];
  // A script may do more than write these files.
  const nothingElse = commands.every((command) => writtenBy(command).length > 0 || harmless.test(command));
  return [{ path: unit.path, writes: [...new Set(writes.flat())], links: nothingElse ? links : [] }];
}

/** What the scripts that a unit's command starts write. */
function writtenByScript(command: string, root: ReadableRoot): readonly string[] {
  return command
    .split(/\s+/)
    .slice(0, 3)
    .filter((word) => word.startsWith('/'))
    .flatMap((path) => writtenInText(path, root));
}

function writtenInText(path: string, root: ReadableRoot): readonly string[] {
  const entry = root.entry(path);
  if (entry?.kind !== 'file' || entry.size > scriptLimit) return [];
  const text = root.read(path, scriptLimit)?.toString('latin1') ?? '';
  if (!text.startsWith('#!')) return [];
  const lines = text.replaceAll(/\\\n/g, ' ').split('\n');
  return [...new Set(lines.filter((line) => !/^\s*#/.test(line)).flatMap(writtenBy))];
}

/** Scripts that init starts because of a link, a runlevel or their path. */
function startScripts(root: ReadableRoot): OtherWriter[] {
  return startedScripts(root).flatMap((path): OtherWriter[] => {
    const writes = writtenInText(path, root);
    return writes.length === 0 ? [] : [{ path, writes, links: [] }];
  });
}

/** Remove what starts these, so that only the agent does their work. An uninstallation puts it back. */
export function takeOverFromWriters(root: ReadableRoot): readonly Change[] {
  return otherWriters(root).flatMap(({ writes, links }) =>
    links.map((path): Change => ({ kind: 'absent', path, why: `the agent writes ${writes.join(', ')}` })),
  );
}
