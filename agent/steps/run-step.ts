import { apply, describeEnd } from '../change/apply.ts';
import { type Change, type CommandChange, subject } from '../change/change.ts';
import { fingerprint } from '../change/ownership.ts';
import { type Settled, settle } from '../change/settle.ts';
import type { Instance } from '../metadata/instance.ts';
import type { ChangeOutcome, StepOutcome } from '../report.ts';
import { sinceStart } from '../system/clock.ts';
import type { Root } from '../system/root.ts';
import type { ScriptRecord, State } from '../system/state.ts';
import { writeState } from '../system/state.ts';
import type { System } from '../system/system.ts';
import type { Step } from './step.ts';

/** How steps are to be carried out. */
export interface StepOptions {
  /** Plan and settle only; `onWanted` hears what would be done. */
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly onWanted?: (step: Step, settled: Settled & { result: 'wanted' }) => Promise<void>;
  readonly onStep?: (step: Step) => void;
}

/** What a step did, and the state with what it recorded. */
export interface StepResult {
  readonly outcome: StepOutcome;
  readonly state: State;
  /** The agent was told to stop: no further step is to be begun. */
  readonly interrupted: boolean;
}

/** Plan a step, hold its Changes against the root, apply what is wanted. Never throws: a failure is an outcome. */
export async function runStep(
  step: Step,
  instance: Instance,
  system: System,
  root: Root,
  options: StepOptions,
): Promise<StepResult> {
  const started = sinceStart();
  const done = (
    result: Omit<StepOutcome, 'name' | 'stage' | 'milliseconds'>,
    state: State,
    interrupted = false,
  ): StepResult => ({
    outcome: { name: step.name, stage: step.stage, milliseconds: sinceStart() - started, ...result },
    state,
    interrupted,
  });
  options.onStep?.(step);
  try {
    const plan = await step.plan(instance, system);
    if ('skip' in plan) return done({ result: 'skipped', reason: plan.skip, changes: [] }, system.state);
    const settled = settle(plan, root, ownState(system.state, instance), options.force);
    const { changes, state, interrupted } = await carryOut(step, settled, system, root, options);
    return done({ ...summarize(changes), changes }, state, interrupted);
  } catch (error) {
    return done({ result: 'failed', reason: messageOf(error), changes: [] }, system.state);
  }
}

/** A clone's files are the image's, whatever was recorded when they were written: all per-instance ones are ours. */
function ownState(state: State, instance: Instance): State {
  const cloned =
    instance.uuid !== undefined && state.instance !== undefined && state.instance !== instance.uuid;
  return cloned ? { ...state, files: {}, pending: {} } : state;
}

async function carryOut(
  step: Step,
  settled: readonly Settled[],
  system: System,
  root: Root,
  options: StepOptions,
) {
  let state = system.state;
  const replaced = settled
    .filter((one) => one.result === 'wanted' && one.before !== undefined)
    .map((one) => one.change);
  if (!options.dryRun && replaced.length > 0) {
    state = { ...state, pending: { ...state.pending, ...fingerprints(replaced) } };
    writeState(root, state);
  }
  const changes: ChangeOutcome[] = [];
  let interrupted = false;
  for (const one of settled) {
    const described = { kind: one.change.kind, what: subject(one.change), why: one.change.why };
    if (one.result !== 'wanted' || options.dryRun) {
      if (one.result === 'wanted') await options.onWanted?.(step, one);
      if (one.result === 'unchanged' && !isOnRecord(state, one.change))
        state = withoutPending(record(state, one.change), one.change);
      changes.push({ ...described, ...leftAlone(one) });
      continue;
    }
    const lacking = missingFolder(one.change, changes);
    if (lacking !== undefined) {
      changes.push({ ...described, result: 'failed', reason: `${lacking} could not be made` });
      continue;
    }
    if (one.change.kind === 'command') {
      if (changes.some(({ result }) => result === 'failed')) {
        changes.push({
          ...described,
          result: 'failed',
          reason: 'not run, for what it needs could not be written',
        });
        continue;
      }
      state = begun(state, one.change, root, system.boot);
    }
    const applied = await attempt(one, root, system.boot);
    if (applied.result === 'changed') state = withoutPending(record(state, one.change), one.change);
    if (applied.script !== undefined) state = recordScript(state, applied.script.name, applied.script.how);
    interrupted ||= applied.interrupted;
    changes.push({
      ...described,
      result: applied.result,
      ...(applied.reason === undefined ? {} : { reason: applied.reason }),
    });
  }
  return { changes, state, interrupted };
}

/** The folder that a Change needs and that could not be made; made on the way to a file it would have another mode. */
function missingFolder(change: Change, before: readonly ChangeOutcome[]): string | undefined {
  if (!('path' in change)) return undefined;
  return before.find(
    ({ kind, what, result }) =>
      kind === 'directory' && result === 'failed' && change.path.startsWith(`${what}/`),
  )?.what;
}

/** A script is on record from its start: one that halts the machine does not come back to tell. */
function begun(state: State, change: CommandChange, root: Root, boot: string | undefined): State {
  if (change.script === undefined) return state;
  const how: ScriptRecord = {
    ...(boot === undefined ? {} : { boot }),
    started: new Date().toISOString(),
    milliseconds: 0,
    exit: null,
  };
  const started = recordScript(state, change.script, how);
  writeState(root, started);
  return started;
}

function leftAlone(settled: Settled): Pick<ChangeOutcome, 'result' | 'reason'> {
  switch (settled.result) {
    case 'failed':
      return { result: 'failed', reason: settled.error.message };
    case 'kept':
      return { result: 'kept', reason: settled.reason };
    case 'unchanged':
      return { result: 'unchanged' };
    default:
      return { result: 'listed' };
  }
}

interface Attempt {
  readonly result: 'changed' | 'failed';
  readonly reason?: string;
  readonly script?: { readonly name: string; readonly how: ScriptRecord };
  /** The agent was told to stop while a program ran. */
  readonly interrupted: boolean;
}

async function attempt(
  settled: Settled & { result: 'wanted' },
  root: Root,
  boot: string | undefined,
): Promise<Attempt> {
  const started = new Date();
  try {
    const { ended } = await apply(settled, root);
    const { change } = settled;
    const interrupted = ended?.ended === 'interrupted';
    if (ended === undefined || change.kind !== 'command' || change.script === undefined)
      return { result: 'changed', interrupted };
    const how: ScriptRecord = {
      ...(boot === undefined ? {} : { boot }),
      started: started.toISOString(),
      milliseconds: Date.now() - started.getTime(),
      exit: ended.status,
      ...(ended.signal === null ? {} : { signal: ended.signal }),
    };
    const script = { name: change.script, how };
    const accepted = ended.status !== null && [0, ...(change.accept ?? [])].includes(ended.status);
    if (accepted)
      return {
        result: 'changed',
        script,
        interrupted,
        ...(ended.unlogged === undefined ? {} : { reason: ended.unlogged }),
      };
    // Not the last of its output: a script's output may hold secrets.
    const see = change.output === undefined ? '' : `; see ${change.output}`;
    const reason = `${describeEnd(change.argv, { ...ended, tail: '' })}${see}`;
    return { result: 'failed', reason, script, interrupted };
  } catch (error) {
    return { result: 'failed', reason: messageOf(error), interrupted: false };
  }
}

function fingerprints(changes: readonly Change[]): Record<string, string> {
  return Object.fromEntries(
    changes.flatMap((change) => (change.kind === 'file' ? [[change.path, fingerprint(change.content)]] : [])),
  );
}

/**
 * Whether a file has its record already: a boot that changes nothing hashes nothing. A file that somebody edited
 * into what the metadata then came to say stays an edited one.
 */
function isOnRecord(state: State, change: Change): boolean {
  return change.kind === 'file' && change.path in state.files && !(change.path in (state.pending ?? {}));
}

/** Remember what is there now as written by us. A shared file stays everybody's. */
function record(state: State, change: Change): State {
  if (change.kind === 'file' && change.claim !== 'shared')
    return { ...state, files: { ...state.files, [change.path]: fingerprint(change.content) } };
  if (change.kind === 'absent' && change.path in state.files) {
    const { [change.path]: _gone, ...files } = state.files;
    return { ...state, files };
  }
  return state;
}

/** What was being written is there. After a failure it stays pending: the file may be the old one or the new one. */
function withoutPending(state: State, change: Change): State {
  if (state.pending === undefined || !('path' in change)) return state;
  const { pending, ...settled } = state;
  const { [change.path]: _done, ...open } = pending;
  return Object.keys(open).length === 0 ? settled : { ...settled, pending: open };
}

function recordScript(state: State, name: string, how: ScriptRecord): State {
  return { ...state, scripts: { ...state.scripts, [name]: how } };
}

function summarize(changes: readonly ChangeOutcome[]): Pick<StepOutcome, 'result' | 'reason'> {
  for (const result of ['failed', 'changed', 'listed', 'kept'] as const) {
    const first = changes.find((change) => change.result === result);
    if (first === undefined) continue;
    const reason =
      first.reason === undefined
        ? {}
        : { reason: result === 'kept' ? `${first.what}: ${first.reason}` : first.reason };
    return { result, ...reason };
  }
  return { result: 'unchanged' };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
