import { subject } from '../change/change.ts';
import { describeDifference } from '../change/diff.ts';
import type { Settled } from '../change/settle.ts';
import { assertArchitecture } from '../image/architecture.ts';
import { carried } from '../image/carried.ts';
import { planInstallation, type Source } from '../image/install.ts';
import { install, settleInstallation, uninstall } from '../image/installation.ts';
import {
  type Failure,
  isFinding,
  isOpen,
  planPreparation,
  prepare,
  type RulePlan,
  readImage,
  selectRules,
  unknownRules,
} from '../image/prepare.ts';
import { readRecord } from '../image/record.ts';
import type { Image } from '../image/rule.ts';
import { rules } from '../image/rules/all.ts';
import { runningProgram } from '../image/running-program.ts';
import { chooseRuntime, type RuntimeChoice, type RuntimeWish } from '../image/runtime.ts';
import { startDoubt } from '../image/start-doubts.ts';
import { unitChanges } from '../image/units.ts';
import { versionChange } from '../image/version-change.ts';
import { type ZoneFinding, zoneFindings, zoneKernel } from '../image/zone-findings.ts';
import { openRoot } from '../system/open-root.ts';
import type { Root } from '../system/root.ts';
import { version } from '../version.ts';
import { type Invocation, UsageError } from './arguments.ts';
import type { Io } from './io.ts';

const thisProgram = (): Source => ({ program: runningProgram(), version, carried });

/** `lx-agent image install|uninstall|prepare|check --root DIR` */
export async function run(invocation: Invocation, io: Io, source: Source = thisProgram()): Promise<number> {
  const root = openImage(invocation.values.get('root') ?? '');
  switch (invocation.name) {
    case 'image install':
      return await runInstall(invocation, io, root, source);
    case 'image uninstall':
      return await runUninstall(invocation, io, root);
    case 'image prepare':
      return await runPrepare(invocation, io, root, source);
    case 'image check':
      return runCheck(invocation, io, root);
    default:
      throw new UsageError(`${invocation.name} is no command for images`);
  }
}

/** A directory that holds nothing is a typing error more often than an image. */
function openImage(directory: string): Root {
  const root = openRoot(directory);
  if (root.entry('/.')?.kind !== 'directory' || root.list('/').length === 0)
    throw new UsageError(`${root.path} holds no image; --root takes the folder that is its /`);
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
    io.stdout.write(
      [
        `${changed === 0 ? 'already installed' : 'installed'}: lx-agent ${source.version} in ${describe(image)}`,
        ...inPlaceOf(previous, source.version),
        ...(isOfOtherInit(earlier?.init, image)
          ? [`init system: ${image.init}, was ${earlier?.init}; what was there for that one was taken back`]
          : []),
        `C library: ${describeRuntime(choice)}`,
        ...settled.flatMap((one) =>
          one.result === 'kept' ? [`kept: ${subject(one.change)}, ${one.reason}`] : [],
        ),
        ...left.map((path) => `left: ${path}, no longer used but changed by somebody`),
        '',
      ].join('\n'),
    );
  if (doubt !== undefined && !invocation.flags.has('json')) io.stderr.write(`lx-agent: ${doubt.text}\n`);
  return exit;
}

function isOfOtherInit(before: string | undefined, { init }: Image): boolean {
  return before !== undefined && before !== init;
}

/** A downgrade is said aloud: it is seldom meant. */
function inPlaceOf(previous: string | undefined, version: string): readonly string[] {
  if (previous === undefined) return [];
  const change = versionChange(previous, version);
  return change === undefined ? [] : [`in place of: lx-agent ${previous} (${change})`];
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
    else io.stdout.write(`lx-agent is not installed in ${root.path}, or not by image install\n`);
    return 0;
  }
  const undone = record.entries.map(({ path }) => path).reverse();
  if (flags.has('dry-run')) {
    io.stdout.write(undone.map((path) => `restore    ${path}\n`).join(''));
    return 0;
  }
  const left = await uninstall(root, record, flags.has('force'));
  if (flags.has('json')) printJson(io, { ...facts(readImage(root)), undone, left });
  else
    io.stdout.write(
      [
        `removed: lx-agent ${record.agent} from ${root.path}`,
        ...left.map((path) => `kept: ${path}, changed by somebody since`),
        '',
      ].join('\n'),
    );
  return 0;
}

async function runPrepare(invocation: Invocation, io: Io, root: Root, source: Source): Promise<number> {
  const { flags } = invocation;
  const image = readImage(root);
  const plans = planPreparation(image, selected(invocation));
  const wanted = plans.flatMap(({ settled }) => settled).filter(({ result }) => result === 'wanted');
  if (flags.has('dry-run')) return await showDifferences(invocation, io, wanted);
  refuseLiveInstance(root, plans, flags.has('force'));
  const failures = await prepare(root, plans, source.version);
  const exit = failures.length === 0 ? 0 : 1;
  if (flags.has('json'))
    printJson(io, { ...facts(image), rules: plans.map((plan) => doneRule(plan, failures)) });
  else {
    io.stdout.write(
      [
        `${wanted.length === 0 ? 'already prepared' : 'prepared'}: ${describe(image)}`,
        ...plans
          .filter(isOpen)
          .map(({ rule, settled }) => `${rule.category}/${rule.id}: ${rule.summary} (${count(settled)})`),
        ...wanted.flatMap((one) =>
          one.result === 'wanted' && one.backup === true
            ? [
                `replaced: ${subject(one.change)}, which was somebody's; a copy is in /var/lib/lx-agent/backup`,
              ]
            : [],
        ),
        '',
      ].join('\n'),
    );
    for (const { rule, error } of failures)
      io.stderr.write(`lx-agent: ${rule.category}/${rule.id} failed: ${error.message}\n`);
  }
  return exit;
}

/** Host keys and logs of a machine that is in use are not a builder's rubbish. */
function refuseLiveInstance(root: Root, plans: readonly RulePlan[], force: boolean): void {
  const cleans = plans.some((plan) => plan.rule.category === 'clean' && isOpen(plan));
  if (!root.live || force || !cleans || root.entry('/native/.zonecontrol/metadata.sock') === undefined)
    return;
  throw new Error(
    'this is a running instance: host keys, logs and machine-id would go; use --skip clean, or --force when it is to become an image',
  );
}

function runCheck(invocation: Invocation, io: Io, root: Root): number {
  const image = readImage(root);
  const open = planPreparation(image, selected(invocation)).filter(isFinding);
  const zone = selectsZoneKernel(invocation) ? zoneFindings(image) : [];
  const findings = [
    ...open.map((plan) => finding(plan, root.path)),
    ...zone.filter(({ note }) => !note).map(serviceFinding),
  ];
  const notes = zone.filter(({ note }) => note).map(serviceFinding);
  if (invocation.flags.has('json')) printJson(io, { ...facts(image), findings, notes });
  else {
    const verdict =
      findings.length === 0
        ? `nothing is left to do in ${describe(image)}`
        : `${findings.length} finding${findings.length === 1 ? '' : 's'} in ${describe(image)}`;
    const text = [
      ...findings.flatMap(findingLines),
      verdict,
      ...(notes.length === 0 ? [] : ['', 'worth knowing:', ...notes.flatMap(findingLines)]),
    ];
    io.stdout.write(`${text.join('\n').trimEnd()}\n`);
  }
  return findings.length === 0 ? 0 : 1;
}

function findingLines({ category, rule, summary, what, reason, source, remedy }: Finding): readonly string[] {
  return [
    `${category}/${rule}: ${rule === zoneKernel ? '' : 'wanted is '}${summary}`,
    ...what.map((line) => `    ${line}`),
    `  why: ${reason} (${source})`,
    `  remedy: ${remedy}`,
    '',
  ];
}

interface Finding {
  readonly rule: string;
  readonly category: string;
  readonly summary: string;
  readonly what: readonly string[];
  readonly reason: string;
  readonly source: string;
  readonly remedy: string;
}

function finding({ rule, settled, undecided, error }: RulePlan, root: string): Finding {
  const open = settled.filter(({ result }) => result !== 'unchanged');
  const broken = [error, ...open.map((one) => (one.result === 'failed' ? one.error : undefined))].filter(
    (one) => one !== undefined,
  );
  return {
    rule: rule.id,
    category: rule.category,
    summary: rule.summary,
    what: [
      ...broken.map(({ message }) => message),
      ...open.map(({ change }) => subject(change)),
      ...undecided,
    ],
    reason: rule.reason,
    source: rule.source,
    remedy: [
      ...(broken.length > 0 ? ['put right what is in the way, then run lx-agent image prepare'] : []),
      ...(broken.length === 0 && open.length > 0
        ? [`lx-agent image prepare --root ${root} --only ${rule.id}`]
        : []),
      ...(undecided.length > 0 && rule.decision !== undefined
        ? [`${rule.decision.remedy} (to keep it: --skip ${rule.id})`]
        : []),
    ].join('; '),
  };
}

function serviceFinding({ summary, what, reason, source, remedy }: ZoneFinding): Finding {
  return { rule: zoneKernel, category: 'services', summary, what, reason, source, remedy };
}

function selectsZoneKernel({ lists }: Invocation): boolean {
  const names = (list: string) =>
    (lists.get(list) ?? []).some((name) => name === zoneKernel || name === 'services');
  return ((lists.get('only') ?? []).length === 0 || names('only')) && !names('skip');
}

function selected({ lists }: Invocation) {
  const only = lists.get('only') ?? [];
  const skip = lists.get('skip') ?? [];
  const [unknown] = unknownRules([...only, ...skip]);
  if (unknown !== undefined)
    throw new UsageError(
      `there is no rule or category ${JSON.stringify(unknown)}; see lx-agent image check`,
      {
        word: unknown,
        known: rules.flatMap(({ id, category }) => [id, category]),
      },
    );
  return selectRules(only, skip);
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

function facts({ root, distribution, init }: Image) {
  return { root: root.path, distribution: distribution.name, init };
}

function describe({ root, distribution, init }: Image): string {
  return `${root.path} (${distribution.name}, ${init})`;
}

function count(settled: readonly Settled[]): string {
  const open = settled.filter(({ result }) => result !== 'unchanged').length;
  return open === 1 ? '1 change' : `${open} changes`;
}

function printJson(io: Io, value: object): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
