import { apply, describeEnd, Interrupted } from '../change/apply.ts';
import { type Change, type CommandChange, subject } from '../change/change.ts';
import { isOnRecord, withDone, withFailed, withPending, withScript } from '../change/records.ts';
import { type Settled, settle } from '../change/settle.ts';
import type { Instance } from '../metadata/instance.ts';
import type { ChangeOutcome, StepOutcome } from '../report.ts';
import { sinceStart, timestamp } from '../system/clock.ts';
import type { Ended } from '../system/process.ts';
import type { Root } from '../system/root.ts';
import type { ScriptRecord, State } from '../system/state.ts';
import { writeState } from '../system/state.ts';
import type { System } from '../system/system.ts';
import { isClone } from './clone.ts';
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
    const settled = settle(plan, root, ownState(system, instance), options.force);
    const { changes, state, interrupted } = await carryOut(step, settled, system, root, options);
    return done({ ...summarize(changes), changes }, state, interrupted);
  } catch (error) {
    return done({ result: 'failed', reason: messageOf(error), changes: [] }, system.state);
  }
}

/** A clone's files are the image's, whatever was recorded when they were written: all per-instance ones are ours. */
function ownState({ state }: System, instance: Instance): State {
  return isClone(instance, { state }) ? { ...state, files: {}, pending: {} } : state;
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
    state = withPending(state, replaced);
    writeState(root, state);
  }
  const changes: ChangeOutcome[] = [];
  for (const one of settled) {
    const described = { kind: one.change.kind, what: subject(one.change), why: one.change.why };
    if (one.result !== 'wanted' || options.dryRun) {
      if (one.result === 'wanted') await options.onWanted?.(step, one);
      if (one.result === 'unchanged' && !isOnRecord(state, one.change)) state = withDone(state, one.change);
      if (one.result === 'failed' && !options.dryRun) state = withFailed(state, one.change);
      changes.push({ ...described, ...leftAlone(one) });
      continue;
    }
    const reason = reasonNotToBegin(one.change, changes);
    if (reason !== undefined) {
      changes.push({ ...described, result: 'failed', reason });
      continue;
    }
    if (one.change.kind === 'command') state = begun(state, one.change, root, system.boot);
    const applied = await attempt(one, root, system.boot);
    state = applied.result === 'changed' ? withDone(state, one.change) : withFailed(state, one.change);
    if (applied.script !== undefined) state = withScript(state, applied.script.name, applied.script.how);
    changes.push({
      ...described,
      result: applied.result,
      ...(applied.reason === undefined ? {} : { reason: applied.reason }),
    });
    if (applied.interrupted) return { changes, state, interrupted: true };
  }
  return { changes, state, interrupted: false };
}

/**
 * What failed before and is needed now: for a program any file of its step, for a file its folder (made on the way to
 * the file it would have another mode). Programs need no other program: a route that is refused, or a hook that
 * fails, keeps no other from being tried.
 */
function reasonNotToBegin(change: Change, before: readonly ChangeOutcome[]): string | undefined {
  const failed = before.filter(({ kind, result }) => kind !== 'command' && result === 'failed');
  if (change.kind === 'command')
    return failed.length > 0 ? 'not run, for what it needs could not be written' : undefined;
  if (!('path' in change)) return undefined;
  const folder = failed.find(({ kind, what }) => kind === 'directory' && change.path.startsWith(`${what}/`));
  return folder && `${folder.what} could not be made`;
}

/** A script is on record from its start: one that halts the machine does not come back to tell. */
function begun(state: State, change: CommandChange, root: Root, boot: string | undefined): State {
  if (change.script === undefined) return state;
  const started = withScript(state, change.script, scriptRecord(boot, new Date()));
  writeState(root, started);
  return started;
}

/** How a script ran; without an end, that it was begun. */
function scriptRecord(boot: string | undefined, started: Date, ended?: Ended): ScriptRecord {
  return {
    ...(boot === undefined ? {} : { boot }),
    started: timestamp(started),
    milliseconds: ended === undefined ? 0 : Date.now() - started.getTime(),
    exit: ended?.status ?? null,
    ...(ended?.signal ? { signal: ended.signal } : {}),
  };
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
    const script = { name: change.script, how: scriptRecord(boot, started, ended) };
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
    return { result: 'failed', reason: messageOf(error), interrupted: error instanceof Interrupted };
  }
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
