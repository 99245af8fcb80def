import { readBoots, readRuns } from '../report/read-report.ts';
import { bootIdentity } from '../system/boot.ts';
import { openRoot } from '../system/open-root.ts';
import type { Root } from '../system/root.ts';
import { readScriptsOfBoot } from '../system/scripts-of-boot.ts';
import { findState, type State, statePath } from '../system/state.ts';
import { whatRuns } from '../system/what-runs.ts';
import { type Invocation, seconds } from './arguments.ts';
import type { Io } from './io.ts';
import { knownName } from './known-name.ts';
import { renderStatus, type Status } from './status-text.ts';
import { styleFor } from './style.ts';

/** `lx-agent status`: shows the last boot and the runs by hand since then. For the exit status see `exitStatus`. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const root = openRoot(invocation.values.get('root') ?? '/');
  const missing = invocation.flags.has('wait') ? await wait(root, invocation) : undefined;
  const status = readStatus(root, io);
  io.stdout.write(
    invocation.flags.has('json')
      ? `${JSON.stringify({ version: 1, ...status }, null, 2)}\n`
      : renderStatus({ ...status, knownName: knownName(root) }, styleFor(io.stdout, io.environment)),
  );
  if (missing === undefined) return exitStatus(status);
  io.stderr.write(`lx-agent: gave up waiting: ${missing}\n`);
  return Math.max(1, exitStatus(status));
}

async function wait(root: Root, invocation: Invocation): Promise<string | undefined> {
  const { waitForBoot } = await import('./status-wait.ts');
  return await waitForBoot(root, seconds(invocation, 'deadline') ?? defaultDeadline);
}

/** Seconds; table.ts documents the same value. */
const defaultDeadline = 600;

/** Throws if there are reports but none can be read. */
function readStatus(root: Root, io: Io): Status {
  const faults: string[] = [];
  const boot = root.live ? bootIdentity() : undefined;
  const [last] = readBoots(root, (fault) => faults.push(fault));
  const since = last?.early ?? last?.late;
  const runs = readRuns(root, (fault) => faults.push(fault)).filter(
    ({ started }) => since === undefined || started > since.started,
  );
  const [fault] = faults;
  if (fault !== undefined && last === undefined && runs.length === 0) throw new Error(fault);
  for (const one of faults) io.stderr.write(`lx-agent: ${one}\n`);
  const scripts = readScripts(root, boot, io);
  const running = whatRuns(root, scripts, boot);
  return {
    early: last?.early,
    late: last?.late,
    ...(runs.length === 0 ? {} : { runs }),
    scripts,
    ...(running.length === 0 ? {} : { running }),
  };
}

/** Only root can read the state. Other users get what this boot left in /run. */
function readScripts(root: Root, boot: string | undefined, io: Io): State['scripts'] {
  const { state, fault, denied } = findState(root);
  if (denied) io.stderr.write('lx-agent: only root can see how the scripts of earlier boots ended\n');
  else if (fault !== undefined && root.entry(statePath) !== undefined)
    io.stderr.write(`lx-agent: ${fault}\n`);
  return { ...state.scripts, ...readScriptsOfBoot(root, boot) };
}

/**
 * The worst exit status of the boot's stages: 2 (no metadata) counts more than 1 (a step failed). Also at least 1 if
 * there is no report, or if a step of the last run by hand failed.
 */
function exitStatus({ early, late, runs = [] }: Status): number {
  const exits = [early, late].flatMap((report) => (report === undefined ? [] : [report.exit]));
  const failed = runs[0]?.steps.some(({ result }) => result === 'failed') === true;
  return Math.max(exits.length === 0 || failed ? 1 : 0, ...exits);
}
