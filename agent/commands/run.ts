import { programElsewhere } from '../image/running-program.ts';
import { appendLog, journalLines, underSystemd } from '../report/log.ts';
import { reportMessages } from '../report/messages.ts';
import type { Report } from '../report/report.ts';
import { steps } from '../steps/order.ts';
import { run as runSteps } from '../steps/run.ts';
import type { Stage } from '../system/boot.ts';
import { timestamp } from '../system/clock.ts';
import { openRoot } from '../system/open-root.ts';
import { RootError } from '../system/root-error.ts';
import { metadataSocket, reasonNotInZone } from '../system/zone.ts';
import { type Invocation, seconds, UsageError } from './arguments.ts';
import type { Io } from './io.ts';
import { progressOn } from './progress.ts';
import type { About } from './report-text.ts';

/** `lx-agent run`: the units call it at boot, and operators call it again later. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const { operands, flags, values } = invocation;
  const unknown = operands.find((name) => !steps.some((step) => step.name === name));
  if (unknown !== undefined)
    throw new UsageError(
      `there is no step ${JSON.stringify(unknown)}; steps are ${steps.map(({ name }) => name).join(', ')}`,
      { word: unknown, known: steps.map(({ name }) => name) },
    );

  const rootDirectory = values.get('root') ?? '/';
  const socket = values.get('socket');
  const json = flags.has('json');
  const reason = rootDirectory === '/' && socket === undefined ? reasonNotInZone() : undefined;
  if (reason !== undefined) {
    if (json) io.stdout.write(`${JSON.stringify({ version: 1, exit: 0, reason })}\n`);
    else io.stderr.write(`lx-agent: ${reason}\n`);
    return 0;
  }

  const dryRun = flags.has('dry-run');
  if (flags.has('exit-code') && !dryRun)
    throw new UsageError('run: --exit-code needs --dry-run; see lx-agent help run');
  const patience = seconds(invocation, 'deadline');
  const progress = progressOn(io);
  const report = await runSteps({
    stages: stagesOf(values.get('stage')),
    named: operands,
    rootDirectory,
    socketPath: socket ?? metadataSocket(),
    program: rootDirectory === '/' ? programElsewhere() : undefined,
    dryRun,
    force: flags.has('force'),
    ...(patience === undefined ? {} : { patience }),
    onWait: (why, seconds) => progress.begin(`waiting for metadata, ${seconds} s at most (${why})`),
    onStep: ({ name }) => progress.begin(`${name} is running`),
    onWanted: async (step, settled) => {
      if (json) return;
      const [{ describeDifference }, { renderDiff }, { styleFor }] = await Promise.all([
        import('../change/diff.ts'),
        import('./diff-text.ts'),
        import('./style.ts'),
      ]);
      const difference = await describeDifference(settled);
      const text = `# ${step.name}: ${settled.change.why}\n${difference}`;
      io.stdout.write(renderDiff(text, styleFor(io.stdout, io.environment)));
    },
  });
  progress.end();
  if (!dryRun) keepLog(report, rootDirectory, io);
  const exit =
    flags.has('exit-code') && report.exit === 0 && wouldChange(report, rootDirectory) ? 4 : report.exit;
  await show({ ...report, exit }, json, io, {
    dryRun,
    elsewhere: rootDirectory !== '/',
    knownName: report.hostname ?? report.instance ?? (json ? undefined : await nameOnRecord(rootDirectory)),
  });
  return exit;
}

/** On a root other than the running system's, commands are always only listed. They do not count. */
function wouldChange({ steps: outcomes }: Report, rootDirectory: string): boolean {
  return outcomes.some(({ changes }) =>
    changes.some(({ result, kind }) => result === 'listed' && (rootDirectory === '/' || kind !== 'command')),
  );
}

function stagesOf(name: string | undefined): readonly Stage[] {
  if (name === 'early' || name === 'late') return [name];
  return ['early', 'late'];
}

/** Append the messages of a run to the log. A log that cannot be written, on a full disk for instance, stops nothing. */
export function keepLog(report: Report, rootDirectory: string, io: Io): void {
  try {
    appendLog(openRoot(rootDirectory), reportMessages(report), timestamp(new Date()));
  } catch (error) {
    if (!(error instanceof RootError)) throw error;
    io.stderr.write(`lx-agent: ${error.message}\n`);
  }
}

/** The instance's name from earlier reports, for a run that had no metadata. */
async function nameOnRecord(rootDirectory: string): Promise<string | undefined> {
  const { knownName } = await import('./known-name.ts');
  return knownName(openRoot(rootDirectory));
}

/** Under systemd, write only the log messages to the journal: the report holds the rest. */
async function show(report: Report, json: boolean, io: Io, about: About): Promise<void> {
  if (json) io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (underSystemd(io.environment, io.stderr)) io.stderr.write(journalLines(reportMessages(report)));
  else {
    const [{ renderReport }, { styleFor }] = await Promise.all([
      import('./report-text.ts'),
      import('./style.ts'),
    ]);
    io.stdout.write(renderReport(report, styleFor(io.stdout, io.environment), about));
  }
}
