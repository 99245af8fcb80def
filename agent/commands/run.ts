import type { Report } from '../report.ts';
import { steps } from '../steps/order.ts';
import { run as runSteps } from '../steps/run.ts';
import type { Stage } from '../steps/step.ts';
import { metadataSocket, reasonNotInZone } from '../system/zone.ts';
import { type Invocation, UsageError } from './arguments.ts';
import type { Io } from './io.ts';

/** `lx-agent run`: what the units call at boot, and what an operator calls again. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const { operands, flags, values } = invocation;
  const unknown = operands.find((name) => !steps.some((step) => step.name === name));
  if (unknown !== undefined)
    throw new UsageError(
      `there is no step ${JSON.stringify(unknown)}; steps are ${steps.map(({ name }) => name).join(', ')}`,
    );

  const rootDirectory = values.get('root') ?? '/';
  const socket = values.get('socket');
  const reason = rootDirectory === '/' && socket === undefined ? reasonNotInZone() : undefined;
  if (reason !== undefined) {
    if (flags.has('json')) io.stdout.write(`${JSON.stringify({ version: 1, exit: 0, reason })}\n`);
    else io.stderr.write(`lx-agent: ${reason}\n`);
    return 0;
  }

  const dryRun = flags.has('dry-run');
  const report = await runSteps({
    stages: stagesOf(values.get('stage')),
    named: operands,
    rootDirectory,
    socketPath: socket ?? metadataSocket(),
    dryRun,
    force: flags.has('force'),
    onWait: (why) => io.stderr.write(`lx-agent: ${why}\n`),
    onWanted: async (step, settled) => {
      if (flags.has('json')) return;
      const { describeDifference } = await import('../change/diff.ts');
      io.stdout.write(`# ${step.name}: ${settled.change.why}\n${await describeDifference(settled)}`);
    },
  });
  await show(report, flags.has('json'), io);
  return report.exit;
}

function stagesOf(name: string | undefined): readonly Stage[] {
  if (name === 'early' || name === 'late') return [name];
  return ['early', 'late'];
}

async function show(report: Report, json: boolean, io: Io): Promise<void> {
  if (json) {
    io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const [{ renderReport }, { styleFor }] = await Promise.all([
    import('./report-text.ts'),
    import('./style.ts'),
  ]);
  io.stdout.write(renderReport(report, styleFor(io.stdout, io.environment)));
}
