import { isRunningProcess, processNumber } from './process-identity.ts';
import type { ScriptRecord } from './state.ts';

/** A script that runs now. */
export interface RunningScript {
  /** The number of its process, or of the agent that is about to start it. */
  readonly pid: string;
  /** When it was started, ISO 8601. */
  readonly since: string;
}

/**
 * Whether the script of a record runs now: it was begun in this boot, and its process or that of its agent is there. The
 * script outlives an agent that was killed. Undefined where it has ended, or was ended with the machine.
 */
export function runningScript(record: ScriptRecord, boot: string | undefined): RunningScript | undefined {
  const { running, started: since } = record;
  if (running === undefined || record.boot !== boot) return undefined;
  if (running.program !== undefined && isRunningProcess(running.program))
    return { pid: processNumber(running.program), since };
  return isRunningProcess(running.agent) ? { pid: processNumber(running.agent), since } : undefined;
}
