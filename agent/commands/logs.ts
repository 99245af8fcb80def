import { openRoot } from '../system/open-root.ts';
import type { Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import { type Invocation, UsageError } from './arguments.ts';
import type { Io } from './io.ts';
import { type LogName, lastRun, logNames, logPaths } from './log-files.ts';
import { paint, printable, type Style, styleFor } from './style.ts';

/** One log as shown: its last lines, without line feeds. */
interface Shown {
  readonly log: LogName;
  readonly path: string;
  readonly lines: readonly string[];
  /** Why it could not be read. */
  readonly fault?: string;
}

/** Size limit for reading a log, in bytes. The logs themselves are capped well below it. */
const largest = 16 * 1024 * 1024;

/** `lx-agent logs`: the output of the agent and of its scripts. The exit status is 1 if a log could not be read. */
export async function run({ operands, flags, values }: Invocation, io: Io): Promise<number> {
  const unknown = operands.find((name) => !isLogName(name));
  if (unknown !== undefined)
    throw new UsageError(`there is no log ${JSON.stringify(unknown)}; logs are ${logNames.join(', ')}`, {
      word: unknown,
      known: logNames,
    });
  const root = openRoot(values.get('root') ?? '/');
  const most = Number(values.get('lines') ?? 100);
  const wanted = operands.length === 0 ? logNames : operands.filter(isLogName);
  const shown = wanted.map((log) => look(root, log, most, flags.has('last-run')));
  const exit = shown.some(({ fault }) => fault !== undefined) ? 1 : 0;
  if (flags.has('json')) io.stdout.write(`${JSON.stringify({ version: 1, exit, logs: shown }, null, 2)}\n`);
  else {
    const style = styleFor(io.stdout, io.environment);
    const there = shown.filter(({ lines }) => lines.length > 0);
    for (const { fault } of shown) if (fault !== undefined) io.stderr.write(`lx-agent: ${fault}\n`);
    if (there.length === 0 && exit === 0)
      io.stdout.write(`empty or missing: ${wanted.map((log) => logPaths[log]).join(', ')}\n`);
    else io.stdout.write(there.map((one) => text(one, there.length > 1, style)).join('\n'));
  }
  return exit;
}

function isLogName(name: string): name is LogName {
  return logNames.some((known) => known === name);
}

/** The rotated log is read only if the current one has too few lines. */
function look(root: Root, log: LogName, most: number, lastRunOnly: boolean): Shown {
  const path = logPaths[log];
  try {
    const now = linesOf(root.readText(path, largest));
    const lines = now.length < most ? [...linesOf(root.readText(`${path}.1`, largest)), ...now] : now;
    return { log, path, lines: (lastRunOnly ? lastRun(lines) : lines).slice(-most) };
  } catch (error) {
    if (!(error instanceof RootError)) throw error;
    return { log, path, lines: [], fault: error.message };
  }
}

function linesOf(text: string | undefined): string[] {
  if (text === undefined || text === '') return [];
  return text.replace(/\n$/, '').split('\n');
}

function text({ path, lines }: Shown, titled: boolean, style: Style): string {
  const title = titled ? [paint(style, 'bold', path)] : [];
  // Tabs are harmless to a terminal, and scripts use them.
  const shown = lines.map((line) =>
    line
      .split('\t')
      .map((part) => printable(style, part))
      .join('\t'),
  );
  return [...title, ...shown].map((line) => `${line}\n`).join('');
}
