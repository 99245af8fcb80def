import { unitText } from './assets.ts';

/** The built-in table that BusyBox's init uses without an inittab, as far as an instance needs it. */
const builtIn = `::sysinit:/etc/init.d/rcS
::askfirst:/bin/sh
::ctrlaltdel:/sbin/reboot
::shutdown:/bin/umount -a -r
`;

/** Commands of `sysinit` lines that prepare the file systems. The early stage needs these and comes after them. */
const mounting = /^(\/\S*\/)?(mount|mkdir|swapon|chmod|ln|mountpoint)\b/;

/** A BusyBox inittab with both stages in it. `undefined` means that there is none and init uses its built-in table. */
export function withBothStages(before: string | undefined): string {
  return withLateStage(withEarlyStage(before ?? builtIn));
}

/**
 * Add the early stage before the first `sysinit` line that does more than mount file systems. Everything else stays. A
 * table that already has the stage is returned unchanged.
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
 * Add the late stage to a BusyBox inittab. init starts it without waiting for it, and at shutdown asks it to end before
 * anything else. Everything else stays. A table that already has the stage is returned unchanged.
 */
export function withLateStage(text: string): string {
  if (text.includes('/usr/lib/lx-agent/late-stage start')) return text;
  const lines = linesOf(text);
  const firstAtShutdown = lines.findIndex((line) => entry('shutdown').test(line));
  const ending = inserted(lines, firstAtShutdown, 'inittab-late-stop');
  return `${inserted(ending, -1, 'inittab-late').join('\n')}\n`;
}

/** An inittab without the agent's lines. Changes that OpenRC's package or others made since stay. */
export function withoutStages(text: string): string {
  return without(text, (line) => runsEarly.test(line) || runsLate.test(line), isNote);
}

/** An inittab without the early stage, for a root in which another init system starts that stage. */
export function withoutEarlyStage(text: string): string {
  return without(
    text,
    (line) => runsEarly.test(line),
    (line) => isNote(line) && !line.startsWith('# lx-agent, late'),
  );
}

/** Whether a table is BusyBox's built-in one, which the agent writes to a file to add its lines. */
export function isBuiltIn(text: string): boolean {
  return text === builtIn;
}

const runsEarly = /^[^#]*\/usr\/bin\/lx-agent run --stage early\b/;
const runsLate = /^[^#]*\/usr\/lib\/lx-agent\/late-stage (start|stop)\b/;
/** The comment lines of the units. */
const notes = new Set(
  ['early', 'late', 'late-stop'].flatMap((name) =>
    unitText(`busybox/inittab-${name}`)
      .split('\n')
      .filter((line) => line.startsWith('#')),
  ),
);
const isNote = (line: string) => notes.has(line) || line.startsWith('# lx-agent, ');

/** The text without the lines that `unwanted` selects and the notes right above them. */
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

/** Insert a unit's lines before the line with the index `before`, or at the end for -1. */
function inserted(lines: readonly string[], before: number, unit: string): string[] {
  const at = before === -1 ? lines.length : before;
  return [...lines.slice(0, at), unitText(`busybox/${unit}`).trimEnd(), ...lines.slice(at)];
}
