import { apply, describeEnd, Interrupted } from '../change/apply.ts';
import type { CommandChange } from '../change/change.ts';
import { withScript } from '../change/records.ts';
import type { Settled } from '../change/settle.ts';
import type { Instance } from '../metadata/instance.ts';
import { timestamp } from '../system/clock.ts';
import type { Ledger } from '../system/ledger.ts';
import type { Ended } from '../system/process.ts';
import { processIdentity } from '../system/process-identity.ts';
import type { Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import { runningScript } from '../system/running-script.ts';
import type { ScriptRecord } from '../system/state.ts';
import { isClone } from './clone.ts';

/** A script to run. */
type Wanted = Settled & {
  readonly result: 'wanted';
  readonly change: CommandChange & { readonly script: string };
};

/** The outcome of a script. */
export interface ScriptResult {
  /** `unchanged`: another agent runs it, or has run it in this boot. */
  readonly result: 'changed' | 'unchanged' | 'failed';
  readonly reason?: string;
  /** The agent was told to stop while it ran. */
  readonly interrupted: boolean;
}

/** The circumstances of a script's run. */
export interface ScriptPlace {
  readonly root: Root;
  readonly ledger: Ledger;
  readonly instance: Instance;
  readonly boot: string | undefined;
  /** The operator named the step: the script runs again even if it ran in this boot. */
  readonly named: boolean;
  readonly warn: (message: string) => void;
}

/**
 * Run a script, unless another agent runs it. It is recorded before it starts. So only one of two agents runs it, and a
 * script that halts the machine is on record too. No lock is held while it runs.
 */
export async function runScript(wanted: Wanted, place: ScriptPlace): Promise<ScriptResult> {
  const { ledger, boot, root, warn } = place;
  const { script } = wanted.change;
  const started = new Date();
  const base = { ...(boot === undefined ? {} : { boot }), started: timestamp(started) };
  const agent = processIdentity(process.pid);
  const save = (record: ScriptRecord, durable: boolean) =>
    recordOrWarn(ledger, script, () => record, durable, warn);

  let other: string | undefined;
  await recordOrWarn(
    ledger,
    script,
    (before) => {
      other = reasonNotToRun(before, script, place);
      return other === undefined ? { ...base, milliseconds: 0, exit: null, running: { agent } } : before;
    },
    true,
    warn,
  );
  if (other !== undefined)
    return { result: place.named ? 'failed' : 'unchanged', reason: other, interrupted: false };

  let known: Promise<void> = Promise.resolve();
  const since = () => Date.now() - started.getTime();
  try {
    const { ended } = await apply(wanted, root, (pid) => {
      const running = { agent, program: processIdentity(pid) };
      known = save({ ...base, milliseconds: 0, exit: null, running }, false);
    });
    await known;
    await save({ ...base, milliseconds: since(), exit: ended?.status ?? null, ...signalOf(ended) }, false);
    return ended === undefined ? { result: 'changed', interrupted: false } : resultOf(wanted.change, ended);
  } catch (error) {
    await known;
    const reason = error instanceof Error ? error.message : String(error);
    await save({ ...base, milliseconds: since(), exit: null, error: reason }, false);
    return { result: 'failed', reason, interrupted: error instanceof Interrupted };
  }
}

/** Why a script must not start now; undefined if it may. */
function reasonNotToRun(
  record: ScriptRecord | undefined,
  script: string,
  { boot, named, instance, ledger }: ScriptPlace,
): string | undefined {
  if (record === undefined) return undefined;
  const running = runningScript(record, boot);
  if (running !== undefined)
    return `the ${script} is running already, as process ${running.pid} since ${record.started}; wait for it with lx-agent status --wait`;
  const done = boot !== undefined && record.boot === boot && !isClone(instance, ledger);
  return done && !named ? `another lx-agent has run the ${script} in this boot` : undefined;
}

/** A state that cannot be written, for instance on a full disk, does not stop a script. */
async function recordOrWarn(
  ledger: Ledger,
  script: string,
  record: (before: ScriptRecord | undefined) => ScriptRecord | undefined,
  durable: boolean,
  warn: (message: string) => void,
): Promise<void> {
  try {
    await ledger.record((state) => {
      const before = state.scripts[script];
      const after = record(before);
      return after === undefined || after === before ? state : withScript(state, script, after);
    }, durable);
  } catch (error) {
    if (!(error instanceof RootError)) throw error;
    warn(error.message);
  }
}

function signalOf(ended: Ended | undefined): Pick<ScriptRecord, 'signal'> {
  return ended?.signal ? { signal: ended.signal } : {};
}

function resultOf(change: CommandChange, ended: Ended): ScriptResult {
  const interrupted = ended.ended === 'interrupted';
  const accepted = ended.status !== null && [0, ...(change.accept ?? [])].includes(ended.status);
  if (accepted)
    return {
      result: 'changed',
      interrupted,
      ...(ended.unlogged === undefined ? {} : { reason: ended.unlogged }),
    };
  // Without the end of its output, which may hold secrets.
  const see = change.output === undefined ? '' : `; see ${change.output}`;
  return {
    result: 'failed',
    reason: `${describeEnd(change.argv, { ...ended, tail: '' })}${see}`,
    interrupted,
  };
}
