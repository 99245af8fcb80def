import { readBoots, readRuns } from '../system/read-report.ts';
import { openRoot, type Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import { readState, type State } from '../system/state.ts';
import type { Invocation } from './arguments.ts';
import type { Io } from './io.ts';
import { renderStatus, type Status } from './status-text.ts';
import { styleFor } from './style.ts';

/** `lx-agent status`: what the last boot did, and the runs by hand since then. For the exit status see `exitStatus`. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const root = openRoot(invocation.values.get('root') ?? '/');
  const status = readStatus(root, io);
  io.stdout.write(
    invocation.flags.has('json')
      ? `${JSON.stringify({ version: 1, ...status }, null, 2)}\n`
      : renderStatus(status, styleFor(io.stdout, io.environment)),
  );
  return exitStatus(status);
}

/** Throws where there are reports and none can be read. */
function readStatus(root: Root, io: Io): Status {
  const faults: string[] = [];
  const [last] = readBoots(root, (fault) => faults.push(fault));
  const since = last?.early ?? last?.late;
  const runs = readRuns(root, (fault) => faults.push(fault)).filter(
    ({ started }) => since === undefined || started > since.started,
  );
  const [fault] = faults;
  if (fault !== undefined && last === undefined && runs.length === 0) throw new Error(fault);
  for (const one of faults) io.stderr.write(`lx-agent: ${one}\n`);
  return {
    early: last?.early,
    late: last?.late,
    ...(runs.length === 0 ? {} : { runs }),
    scripts: readScripts(root, io),
  };
}

/** How the scripts ended is on record for root only; without that right the rest is shown all the same. */
function readScripts(root: Root, io: Io): State['scripts'] {
  try {
    return readState(root, (warning) => io.stderr.write(`lx-agent: ${warning}\n`)).scripts;
  } catch (error) {
    if (!(error instanceof RootError && error.code === 'EACCES')) throw error;
    io.stderr.write('lx-agent: how the scripts ended is shown to root only\n');
    return {};
  }
}

/**
 * The worst of the boot's stages: 2, no metadata, counts more than 1, a step that failed. 1 as well where there is no
 * report, and where a step of the last run by hand failed.
 */
function exitStatus({ early, late, runs = [] }: Status): number {
  const exits = [early, late].flatMap((report) => (report === undefined ? [] : [report.exit]));
  const failed = runs[0]?.steps.some(({ result }) => result === 'failed') === true;
  return Math.max(exits.length === 0 || failed ? 1 : 0, ...exits);
}
