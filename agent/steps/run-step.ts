import { apply, Interrupted } from '../change/apply.ts';
import { type Change, type CommandChange, subject } from '../change/change.ts';
import { isOnRecord, withDone, withFailed, withFound, withPending } from '../change/records.ts';
import { type Settled, settle } from '../change/settle.ts';
import type { Instance } from '../metadata/instance.ts';
import type { ChangeOutcome, StepOutcome } from '../report/report.ts';
import { sinceStart } from '../system/clock.ts';
import type { Ledger, StateChange } from '../system/ledger.ts';
import { type Lock, takeLock } from '../system/lock.ts';
import type { Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import { runningScript } from '../system/running-script.ts';
import type { State } from '../system/state.ts';
import type { System } from '../system/system.ts';
import { isClone } from './clone.ts';
import type { Step } from './step.ts';

/** How to carry out steps. */
export interface StepOptions {
  /** Plan and settle only; `onWanted` is called with what would be done. */
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly onWanted?: (step: Step, settled: Wanted) => Promise<void>;
  readonly onStep?: (step: Step) => void;
}

/** What a step works on. */
export interface Work {
  readonly instance: Instance;
  /** What a step may read, with a state. */
  readonly systemWith: (state: State) => System;
  readonly ledger: Ledger;
  readonly root: Root;
  readonly warn: (message: string) => void;
}

/** What a step did. */
export interface StepResult {
  readonly outcome: StepOutcome;
  /** The agent was told to stop: no further step begins. */
  readonly interrupted: boolean;
}

type Wanted = Settled & { readonly result: 'wanted' };
type WantedScript = Wanted & { readonly change: CommandChange & { readonly script: string } };

/** How long another agent may take for the same step, in seconds: the deadline of programs that make a file. */
const patience = 120;

/**
 * Plan a step, compare its Changes with the root, and apply those that are needed. Never throws: a failure is an outcome.
 *
 * A step without work takes no lock. A step with work takes its own lock, so that two agents do not do the same work at
 * once, and then plans again, because another agent may have done the work meanwhile. Scripts run after the lock is
 * released.
 */
export async function runStep(step: Step, work: Work, options: StepOptions): Promise<StepResult> {
  const started = sinceStart();
  const done = (
    result: Omit<StepOutcome, 'name' | 'stage' | 'milliseconds'>,
    interrupted = false,
  ): StepResult => ({
    outcome: { name: step.name, stage: step.stage, milliseconds: sinceStart() - started, ...result },
    interrupted,
  });
  options.onStep?.(step);
  try {
    const look = async () => settled(await plan(step, work), work, options);
    const first = await look();
    if ('skip' in first) return done({ result: 'skipped', reason: first.skip, changes: [] });
    const refusal = reasonToRefuse(step, first.settled, work);
    if (refusal !== undefined) return done({ result: 'failed', reason: refusal, changes: [] });
    if (options.dryRun || !first.settled.some(isWanted)) {
      const changes = await leaveAll(step, first.settled, work, options);
      return done({ ...summarize(changes), changes });
    }
    const { changes, interrupted } = await carryOut(step, first, look, work);
    return done({ ...summarize(changes), changes }, interrupted);
  } catch (error) {
    return done({ result: 'failed', reason: messageOf(error), changes: [] });
  }
}

/** A plan, compared with the root. */
type Look = { readonly skip: string } | { readonly settled: readonly Settled[] };

async function plan(step: Step, { instance, systemWith, ledger }: Work) {
  return await step.plan(instance, systemWith(ledger.state));
}

function settled(planned: Awaited<ReturnType<typeof plan>>, work: Work, options: StepOptions): Look {
  if ('skip' in planned) return planned;
  return { settled: settle(planned, work.root, ownState(work), options.force) };
}

/** The files of a clone belong to its image, whatever the record says: the agent owns all per-instance files. */
function ownState({ ledger: { state }, instance }: Work): State {
  if (!isClone(instance, { state })) return state;
  const { lost: _, ...known } = state;
  return { ...known, files: {}, pending: {} };
}

/** The operator asks for a script that is already running. */
function reasonToRefuse(
  step: Step,
  all: readonly Settled[],
  { systemWith, ledger }: Work,
): string | undefined {
  const { named, boot } = systemWith(ledger.state);
  if (!named.has(step.name)) return undefined;
  for (const one of all) {
    const script = isWanted(one) && isScript(one) ? one.change.script : undefined;
    const record = script === undefined ? undefined : ledger.state.scripts[script];
    const running = record && runningScript(record, boot);
    if (running !== undefined)
      return `the ${script} is running already, as process ${running.pid} since ${running.since}; lx-agent status --wait waits for its end`;
  }
  return undefined;
}

/** There is nothing to change, or nothing may change. */
async function leaveAll(
  step: Step,
  all: readonly Settled[],
  { ledger, root }: Work,
  { dryRun, onWanted }: StepOptions,
): Promise<ChangeOutcome[]> {
  const notes: StateChange[] = [];
  for (const one of all) {
    if (isWanted(one)) await onWanted?.(step, one);
    if (!dryRun) notes.push(...notesOn(one, ledger.state, root));
  }
  if (notes.length > 0) await ledger.record(allOf(notes));
  return all.map(leftAlone);
}

async function carryOut(
  step: Step,
  first: { readonly settled: readonly Settled[] },
  look: () => Promise<Look>,
  work: Work,
): Promise<{ changes: ChangeOutcome[]; interrupted: boolean }> {
  const lock = await takeLock(work.root, step.name, patience * 1000);
  try {
    work.ledger.refresh();
    // A script is not fetched twice. Whether another agent runs it is checked when it starts.
    const again = first.settled.some(holdsScript) ? first : await look();
    return await applyAll('skip' in again ? [] : again.settled, work, lock, step);
  } finally {
    lock.release();
  }
}

async function applyAll(
  all: readonly Settled[],
  work: Work,
  lock: Lock,
  step: Step,
): Promise<{ changes: ChangeOutcome[]; interrupted: boolean }> {
  const { ledger, root } = work;
  const replaced = all.flatMap((one) => (isWanted(one) && one.replaces === true ? [one.change] : []));
  if (replaced.length > 0) await ledger.record((state) => withPending(state, replaced), true);
  const changes: ChangeOutcome[] = [];
  const notes: StateChange[] = [];
  let interrupted = false;
  for (const one of all) {
    if (!isWanted(one)) {
      notes.push(...notesOn(one, ledger.state, root));
      changes.push(leftAlone(one));
      continue;
    }
    const reason = reasonNotToBegin(one.change, changes);
    if (reason !== undefined) {
      changes.push({ ...described(one), result: 'failed', reason });
      continue;
    }
    if (isScript(one)) {
      await keepNotes(notes.splice(0), work);
      lock.release();
    }
    const applied = isScript(one) ? await script(one, work, step) : await attempt(one, root);
    if ('path' in one.change) {
      const entry = applied.result === 'failed' ? undefined : root.entry(one.change.path);
      notes.push((state) =>
        applied.result === 'failed' ? withFailed(state, one.change) : withDone(state, one.change, entry),
      );
    }
    changes.push({
      ...described(one),
      result: applied.result,
      ...(applied.reason === undefined ? {} : { reason: applied.reason }),
    });
    interrupted = applied.interrupted;
    if (interrupted) break;
  }
  await keepNotes(notes, work);
  return { changes, interrupted };
}

/** If the disk is too full to record what was done, the next record or the end of the run tries again. */
async function keepNotes(notes: readonly StateChange[], { ledger, warn }: Work): Promise<void> {
  if (notes.length === 0) return;
  try {
    await ledger.record(allOf(notes));
  } catch (error) {
    if (!(error instanceof RootError)) throw error;
    warn(error.message);
  }
}

/** What to record about a Change that was not applied. */
function notesOn(one: Settled, state: State, root: Root): StateChange[] {
  const { change, result } = one;
  if (result === 'failed') return change.kind === 'file' ? [(before) => withFailed(before, change)] : [];
  if (result !== 'unchanged' || !('path' in change) || isOnRecord(state, change)) return [];
  const entry = root.entry(change.path);
  return [(before) => (isOnRecord(before, change) ? before : withFound(before, change, entry))];
}

function allOf(changes: readonly StateChange[]): StateChange {
  return (state) => changes.reduce((before, change) => change(before), state);
}

/**
 * The failed Change that a later one depends on. A program depends on every file of its step. A file depends on its
 * folder, which would get another mode if it were created together with the file. Programs do not depend on each other:
 * after a route that is refused, or a hook that fails, the others are still tried.
 */
function reasonNotToBegin(change: Change, before: readonly ChangeOutcome[]): string | undefined {
  const failed = before.filter(({ kind, result }) => kind !== 'command' && result === 'failed');
  if (change.kind === 'command')
    return failed.length > 0 ? 'not run, for what it needs could not be written' : undefined;
  if (!('path' in change)) return undefined;
  const folder = failed.find(({ kind, what }) => kind === 'directory' && change.path.startsWith(`${what}/`));
  return folder && `${folder.what} could not be made`;
}

interface Attempt {
  readonly result: 'changed' | 'unchanged' | 'failed';
  readonly reason?: string;
  /** The agent was told to stop while a program ran. */
  readonly interrupted: boolean;
}

async function attempt(wanted: Wanted, root: Root): Promise<Attempt> {
  try {
    const { ended } = await apply(wanted, root);
    return { result: 'changed', interrupted: ended?.ended === 'interrupted' };
  } catch (error) {
    return { result: 'failed', reason: messageOf(error), interrupted: error instanceof Interrupted };
  }
}

/** A boot without scripts does not load the module that runs them. */
async function script(wanted: WantedScript, work: Work, step: Step): Promise<Attempt> {
  const { runScript } = await import('./run-script.ts');
  const { boot, named } = work.systemWith(work.ledger.state);
  return await runScript(wanted, { ...work, boot, named: named.has(step.name) });
}

function isWanted(one: Settled): one is Wanted {
  return one.result === 'wanted';
}

function isScript(one: Settled): one is WantedScript {
  return isWanted(one) && holdsScript(one);
}

/** Also a program that is only listed, for a root that is not the running system. */
function holdsScript({ change }: Settled): boolean {
  return change.kind === 'command' && change.script !== undefined;
}

function described({ change }: Settled) {
  return { kind: change.kind, what: subject(change), why: change.why };
}

function leftAlone(one: Settled): ChangeOutcome {
  switch (one.result) {
    case 'failed':
      return { ...described(one), result: 'failed', reason: one.error.message };
    case 'kept':
      return { ...described(one), result: 'kept', reason: one.reason };
    case 'unchanged':
      return { ...described(one), result: 'unchanged' };
    default:
      return { ...described(one), result: 'listed' };
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
