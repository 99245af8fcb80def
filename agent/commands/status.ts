import type { KeptReport } from '../report-schema.ts';
import { readReport } from '../system/read-report.ts';
import { openRoot, type Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import { readState, type State } from '../system/state.ts';
import type { Invocation } from './arguments.ts';
import type { Io } from './io.ts';
import { renderStatus } from './status-text.ts';
import { styleFor } from './style.ts';

/** `lx-agent status`: what the last boot did. The exit status is the worst of its stages', 1 when there was none. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const root = openRoot(invocation.values.get('root') ?? '/');
  const status = {
    early: readReport(root, 'early'),
    late: readReport(root, 'late'),
    scripts: readScripts(root, io),
  };
  io.stdout.write(
    invocation.flags.has('json')
      ? `${JSON.stringify({ version: 1, ...status }, null, 2)}\n`
      : renderStatus(status, styleFor(io.stdout, io.environment)),
  );
  return worst([status.early, status.late]);
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

/** 2, no metadata, counts more than 1, a step that failed; no report at all is 1. */
function worst(reports: readonly (KeptReport | undefined)[]): number {
  const exits = reports.flatMap((report) => (report === undefined ? [] : [report.exit]));
  return exits.length === 0 ? 1 : Math.max(...exits);
}
