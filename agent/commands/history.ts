import { openRoot } from '../system/open-root.ts';
import type { Invocation } from './arguments.ts';
import { renderHistory } from './history-text.ts';
import type { Io } from './io.ts';
import { pastRuns } from './past-runs.ts';
import { styleFor } from './style.ts';

/**
 * `lx-agent history`: the recorded boots and runs by hand, newest first. The exit status is 1 if there are none, or if a
 * report cannot be read.
 */
export async function run({ flags, values }: Invocation, io: Io): Promise<number> {
  const faults: string[] = [];
  const all = pastRuns(openRoot(values.get('root') ?? '/'), (fault) => faults.push(fault));
  const shown = all.slice(0, Number(values.get('lines') ?? all.length));
  const exit = faults.length > 0 || all.length === 0 ? 1 : 0;
  for (const fault of faults) io.stderr.write(`lx-agent: ${fault}\n`);
  if (flags.has('json')) {
    const runs = shown.map(({ report, stages }) => ({ ...report, stages }));
    io.stdout.write(`${JSON.stringify({ version: 1, exit, runs }, null, 2)}\n`);
  } else if (all.length > 0) io.stdout.write(renderHistory(shown, styleFor(io.stdout, io.environment)));
  else if (faults.length === 0)
    io.stdout.write('lx-agent has not run here yet\n  to do: lx-agent run, or lx-agent doctor to see why\n');
  return exit;
}
