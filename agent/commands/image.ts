import { subject } from '../change/change.ts';
import { describeDifference } from '../change/diff.ts';
import type { Settled } from '../change/settle.ts';
import { assertArchitecture } from '../image/architecture.ts';
import { carried } from '../image/carried.ts';
import { planInstallation, type Source } from '../image/install.ts';
import { install, settleInstallation, uninstall } from '../image/installation.ts';
import { readPreparation } from '../image/preparation/record.ts';
import {
  correctManifest,
  type Failure,
  isOpen,
  planPreparation,
  prepare,
  type RulePlan,
  readImage,
  selectRules,
} from '../image/prepare.ts';
import { readRecord } from '../image/record.ts';
import type { Image } from '../image/rule.ts';
import { runningProgram } from '../image/running-program.ts';
import { chooseRuntime, type RuntimeChoice, type RuntimeWish } from '../image/runtime.ts';
import { type Selection, selectableNames, unknownNames } from '../image/selection.ts';
import { startDoubt } from '../image/start-doubts.ts';
import { unitChanges } from '../image/units.ts';
import { versionChange } from '../image/version-change.ts';
import { openRoot } from '../system/open-root.ts';
import type { Root } from '../system/root.ts';
import { version } from '../version.ts';
import { type Invocation, UsageError } from './arguments.ts';
import { runCheck } from './image-check.ts';
import { describe, facts, printJson, printLines } from './image-text.ts';
import { runUnprepare } from './image-unprepare.ts';
import type { Io } from './io.ts';
import { count as pathCount } from './style.ts';

const thisProgram = (): Source => ({ program: runningProgram(), version, carried });

/** `lx-agent image install|uninstall|prepare|check --root DIR` */
export async function run(invocation: Invocation, io: Io, source: Source = thisProgram()): Promise<number> {
  const root = openImage(invocation.values.get('root') ?? '');
  switch (invocation.name) {
    case 'image install':
      return await runInstall(invocation, io, root, source);
    case 'image uninstall':
      return await runUninstall(invocation, io, root);
    case 'image unprepare':
      return await runUnprepare(invocation, io, root);
    case 'image prepare':
      return await runPrepare(invocation, io, root, source);
    case 'image check':
      return runCheck(invocation, io, root, source, selectionOf(invocation));
    default:
      throw new UsageError(`${invocation.name} is not an image command`);
  }
}

/** Refuse an empty directory: that is more often a typing error than an image. */
function openImage(directory: string): Root {
  const root = openRoot(directory);
  if (root.entry('/.')?.kind !== 'directory' || root.list('/').length === 0)
    throw new UsageError(`${root.path} contains no image; --root takes the folder that is the image's /`);
  return root;
}

async function runInstall(invocation: Invocation, io: Io, root: Root, source: Source): Promise<number> {
  assertArchitecture(root);
  const image = readImage(root);
  const wish = runtimeWish(invocation.values.get('runtime'));
  const choice = chooseRuntime(root, source.program, wish);
  const changes = planInstallation(image, source, choice, unitChanges(root, image.init));
  const settled = settleInstallation(root, changes, invocation.flags.has('force'));
  const doubt = startDoubt(image);
  const exit = doubt?.nothingStartsIt === true && !invocation.flags.has('without-init') ? 1 : 0;
  if (invocation.flags.has('dry-run')) {
    const failed = await showDifferences(invocation, io, settled);
    if (doubt !== undefined && !invocation.flags.has('json')) io.stderr.write(`lx-agent: ${doubt.text}\n`);
    return Math.max(failed, exit);
  }
  const earlier = readRecord(root);
  const previous = earlier?.agent;
  const left = await install(root, settled, { version: source.version, init: image.init });
  const changed = settled.filter(({ result }) => result === 'wanted').length;
  if (invocation.flags.has('json'))
    printJson(io, {
      ...facts(image),
      runtime: choice,
      changes: settled.map(outcome),
      left,
      ...(doubt !== undefined && { doubt: doubt.text }),
      ...(isOfOtherInit(earlier?.init, image) && { previousInit: earlier?.init }),
      ...(previous !== undefined && { previous, versionChange: versionChange(previous, source.version) }),
    });
  else
    printLines(io, [
      `${changed === 0 ? 'already installed' : 'installed'}: lx-agent ${source.version} in ${describe(image)}`,
      ...inPlaceOf(previous, source.version),
      ...(isOfOtherInit(earlier?.init, image)
        ? [`init system: ${image.init}; the files for ${earlier?.init}, which was there before, were removed`]
        : []),
      `C library: ${describeRuntime(choice)}`,
      ...settled.flatMap((one) =>
        one.result === 'kept' ? [`kept: ${subject(one.change)}, ${one.reason}`] : [],
      ),
      ...left.map((path) => `left: ${path}, no longer used but edited since`),
    ]);
  if (doubt !== undefined && !invocation.flags.has('json')) io.stderr.write(`lx-agent: ${doubt.text}\n`);
  return exit;
}

function isOfOtherInit(before: string | undefined, { init }: Image): boolean {
  return before !== undefined && before !== init;
}

/** The message names a downgrade, because a downgrade is seldom intended. */
function inPlaceOf(previous: string | undefined, version: string): readonly string[] {
  if (previous === undefined) return [];
  const change = versionChange(previous, version);
  return change === undefined ? [] : [`replaces: lx-agent ${previous} (${change})`];
}

function runtimeWish(text: string | undefined): RuntimeWish {
  return text === 'private' || text === 'system' ? text : 'auto';
}

function describeRuntime({ runtime, reason }: RuntimeChoice): string {
  return runtime === 'private'
    ? `its own, in /usr/lib/lx-agent/runtime (${reason})`
    : `the image's (${reason})`;
}

async function runUninstall({ flags }: Invocation, io: Io, root: Root): Promise<number> {
  const record = readRecord(root);
  if (record === undefined) {
    if (flags.has('json')) printJson(io, { ...facts(readImage(root)), undone: [], left: [] });
    else printLines(io, [`lx-agent is not installed in ${root.path}, or was not installed by image install`]);
    return 0;
  }
  const undone = record.entries.map(({ path }) => path).reverse();
  const prepared = readPreparation(root)?.entries.length;
  const json = { ...facts(readImage(root)), undone, ...(prepared !== undefined && { prepared }) };
  if (flags.has('dry-run')) {
    if (flags.has('json')) printJson(io, json);
    else printLines(io, [...undone.map((path) => `restore    ${path}`), ...preparedStays(root, prepared)]);
    return 0;
  }
  const left = await uninstall(root, record, flags.has('force'));
  correctManifest(root);
  if (flags.has('json')) printJson(io, { ...json, left });
  else
    printLines(io, [
      `removed: lx-agent ${record.agent} from ${root.path}`,
      ...left.map((path) => `kept: ${path}, edited since`),
      ...preparedStays(root, prepared),
    ]);
  return 0;
}

/** What `uninstall` leaves, and the command that undoes it. */
function preparedStays(root: Root, paths: number | undefined): readonly string[] {
  if (paths === undefined) return [];
  return [
    `left: what image prepare changed (${pathCount(paths, 'path')}); lx-agent image unprepare --root ${root.path} undoes it`,
  ];
}

async function runPrepare(invocation: Invocation, io: Io, root: Root, source: Source): Promise<number> {
  const { flags } = invocation;
  const image = readImage(root);
  const plans = planPreparation(image, selectRules(selectionOf(invocation)));
  const wanted = plans.flatMap(({ settled }) => settled).filter(({ result }) => result === 'wanted');
  if (flags.has('dry-run')) return await showDifferences(invocation, io, wanted);
  refuseLiveInstance(root, plans, flags.has('force'));
  const failures = await prepare(root, plans, source.version);
  const exit = failures.length === 0 ? 0 : 1;
  if (flags.has('json'))
    printJson(io, { ...facts(image), rules: plans.map((plan) => doneRule(plan, failures)) });
  else {
    printLines(io, [
      `${wanted.length === 0 ? 'already prepared' : 'prepared'}: ${describe(image)}`,
      ...plans
        .filter(isOpen)
        .map(({ rule, settled }) => `${rule.category}/${rule.id}: ${rule.summary} (${count(settled)})`),
      ...wanted.flatMap((one) =>
        one.result === 'wanted' && one.backup === true
          ? [
              `replaced: ${subject(one.change)}, which lx-agent did not write; a copy is in /var/lib/lx-agent/backup`,
            ]
          : [],
      ),
    ]);
    for (const { rule, error } of failures)
      io.stderr.write(`lx-agent: ${rule.category}/${rule.id} failed: ${error.message}\n`);
  }
  return exit;
}

/** On a machine in use the rules of `clean` would delete host keys and logs that somebody needs. */
function refuseLiveInstance(root: Root, plans: readonly RulePlan[], force: boolean): void {
  const cleans = plans.some((plan) => plan.rule.category === 'clean' && isOpen(plan));
  if (!root.live || force || !cleans || root.entry('/native/.zonecontrol/metadata.sock') === undefined)
    return;
  throw new Error(
    'this is a running instance: host keys, logs and machine-id would be deleted; use --skip clean, or --force if it will become an image',
  );
}

/** The rules and categories given to --only and --skip. An unknown name is an error. */
function selectionOf({ lists }: Invocation): Selection {
  const selection = { only: lists.get('only') ?? [], skip: lists.get('skip') ?? [] };
  const [unknown] = unknownNames(selection);
  if (unknown !== undefined)
    throw new UsageError(
      `there is no rule or category ${JSON.stringify(unknown)}; see lx-agent image rules`,
      {
        word: unknown,
        known: selectableNames(),
      },
    );
  return selection;
}

async function showDifferences({ flags }: Invocation, io: Io, settled: readonly Settled[]): Promise<number> {
  const failed = settled.filter((one) => one.result === 'failed');
  if (flags.has('json')) printJson(io, { changes: settled.map(outcome) });
  else for (const one of settled) if (one.result === 'wanted') io.stdout.write(await describeDifference(one));
  for (const { error } of failed) io.stderr.write(`lx-agent: ${error.message}\n`);
  return failed.length === 0 ? 0 : 1;
}

function doneRule({ rule, settled }: RulePlan, failures: readonly Failure[]) {
  const errors = failures.filter((failure) => failure.rule === rule).map(({ error }) => error.message);
  return { rule: rule.id, category: rule.category, changes: settled.map(outcome), errors };
}

function outcome(settled: Settled) {
  const { change, result } = settled;
  return {
    kind: change.kind,
    what: subject(change),
    why: change.why,
    result,
    ...(settled.result === 'kept' && { reason: settled.reason }),
    ...(settled.result === 'failed' && { reason: settled.error.message }),
  };
}

function count(settled: readonly Settled[]): string {
  const open = settled.filter(({ result }) => result !== 'unchanged').length;
  return open === 1 ? '1 change' : `${open} changes`;
}
