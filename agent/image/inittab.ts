import { unitText } from './assets.ts';

/** What BusyBox's init does without an inittab, as far as an instance needs it: its built-in table. */
const builtIn = `::sysinit:/etc/init.d/rcS
::askfirst:/bin/sh
::ctrlaltdel:/sbin/reboot
::shutdown:/bin/umount -a -r
`;

/** Commands of `sysinit` lines that make the file systems what the early stage needs; it comes after them. */
const mounting = /^(\/\S*\/)?(mount|mkdir|swapon|chmod|ln|mountpoint)\b/;

/** An inittab of BusyBox's with both stages in it. `undefined` stands for no table, where init goes by its built-in one. */
export function withBothStages(before: string | undefined): string {
  return withLateStage(withEarlyStage(before ?? builtIn));
}

/**
 * With the early stage before the first `sysinit` line that does more than mount file systems. Anything else stays as
 * it was; a table that has it is returned as it is.
 */
function withEarlyStage(text: string): string {
  if (text.includes('/usr/bin/lx-agent run --stage early')) return text;
  const lines = linesOf(text);
  const firstScript = lines.findIndex((line) => {
    const command = entry('sysinit').exec(line)?.[1];
    return command !== undefined && !mounting.test(command.trim());
  });
  return `${inserted(lines, firstScript, 'inittab-early').join('\n')}\n`;
}

/**
 * An inittab of BusyBox's whose init starts the late stage, without waiting for it, and asks it to end before whatever
 * else it does at shutdown. Anything else stays as it was; a table that does so already is returned as it is.
 */
export function withLateStage(text: string): string {
  if (text.includes('/usr/lib/lx-agent/late-stage start')) return text;
  const lines = linesOf(text);
  const firstAtShutdown = lines.findIndex((line) => entry('shutdown').test(line));
  const ending = inserted(lines, firstAtShutdown, 'inittab-late-stop');
  return `${inserted(ending, -1, 'inittab-late').join('\n')}\n`;
}

/** An inittab without the agent's lines: what OpenRC's package or somebody else made of it since stays. */
export function withoutStages(text: string): string {
  return without(text, (line) => runsEarly.test(line) || runsLate.test(line), isNote);
}

/** An inittab without the early stage, for a root in which another init starts that one. */
export function withoutEarlyStage(text: string): string {
  return without(
    text,
    (line) => runsEarly.test(line),
    (line) => isNote(line) && !line.startsWith('# lx-agent, late'),
  );
}

/** Whether a table is BusyBox's built-in one, which the agent wrote down to put its lines in. */
export function isBuiltIn(text: string): boolean {
  return text === builtIn;
}

const runsEarly = /^[^#]*\/usr\/bin\/lx-agent run --stage early\b/;
const runsLate = /^[^#]*\/usr\/lib\/lx-agent\/late-stage (start|stop)\b/;
/** What the units say of themselves. */
const notes = new Set(
  ['early', 'late', 'late-stop'].flatMap((name) =>
    unitText(`busybox/inittab-${name}`)
      .split('\n')
      .filter((line) => line.startsWith('#')),
  ),
);
const isNote = (line: string) => notes.has(line) || line.startsWith('# lx-agent, ');

/** Without the lines that `unwanted` tells, and the notes right above them. */
function without(
  text: string,
  unwanted: (line: string) => boolean,
  isNoteOfThem: (line: string) => boolean,
): string {
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    if (!unwanted(line)) kept.push(line);
    else while (isNoteOfThem(kept.at(-1) ?? '')) kept.pop();
  }
  return kept.join('\n');
}

function entry(action: string): RegExp {
  return new RegExp(`^[^:#]*:[^:]*:${action}:(.*)$`);
}

function linesOf(text: string): string[] {
  return text.replace(/\n*$/, '').split('\n');
}

/** The lines with a unit's before the one of that number, or at the end for -1. */
function inserted(lines: readonly string[], before: number, unit: string): string[] {
  const at = before === -1 ? lines.length : before;
  return [...lines.slice(0, at), unitText(`busybox/${unit}`).trimEnd(), ...lines.slice(at)];
}
