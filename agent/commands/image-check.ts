import { rulesAtBoot } from '../before-init/lay-down.ts';
import { subject } from '../change/change.ts';
import { agentFindings } from '../image/agent-check/agent-findings.ts';
import { type AgentFinding, agentCategory, agentChecks } from '../image/agent-check/finding.ts';
import { manifestFindings } from '../image/agent-check/manifest.ts';
import type { Source } from '../image/install.ts';
import { readManifest } from '../image/manifest.ts';
import { isFinding, isOpen, planPreparation, type RulePlan, readImage } from '../image/prepare.ts';
import type { Image } from '../image/rule.ts';
import { rules } from '../image/rules/all.ts';
import { isSelected, type Selection } from '../image/selection.ts';
import { startDoubt } from '../image/start-doubts.ts';
import { type ZoneFinding, zoneFindings, zoneKernel } from '../image/zone-findings.ts';
import type { Root } from '../system/root.ts';
import type { Invocation } from './arguments.ts';
import { describe, facts, imageCommandWords, printCommands, printJson, printLines } from './image-text.ts';
import type { Io } from './io.ts';

/** A finding of `image check`, ready to print. */
interface Finding {
  readonly rule: string;
  readonly category: string;
  readonly summary: string;
  readonly what: readonly string[];
  readonly reason: string;
  readonly source: string;
  readonly remedy: string;
  /** The verbs of the commands that fix it, entirely or in part. */
  readonly mend: readonly ('install' | 'prepare')[];
  /** A person has to do some of it. */
  readonly byHand: boolean;
}

/** `lx-agent image check --root DIR` */
export function runCheck(
  invocation: Invocation,
  io: Io,
  root: Root,
  source: Source,
  selection: Selection,
): number {
  const image = readImage(root);
  const plans = planPreparation(image, rules);
  const zone = isSelected({ id: zoneKernel, category: 'services' }, selection) ? zoneFindings(image) : [];
  const findings = [
    ...agentPart(
      image,
      root,
      source,
      plans.filter(({ rule }) => isSelected(rule, { only: [], skip: selection.skip })),
    )
      .filter(({ check }) => isSelected({ id: check, category: agentCategory }, selection))
      .map((one) => agentFinding(one, root.path)),
    ...plans
      .filter((plan) => isFinding(plan) && isSelected(plan.rule, selection))
      .map((plan) => ruleFinding(plan, root.path)),
    ...zone.filter(({ note }) => !note).map(zoneFinding),
  ];
  const notes = zone.filter(({ note }) => note).map(zoneFinding);
  const commands = mendingCommands(findings, image, invocation);
  if (invocation.flags.has('json'))
    printJson(io, {
      ...facts(image),
      findings,
      notes,
      commands: commands.map((words) => words.join(' ')),
    });
  else printFindings(io, image, { findings, notes, commands });
  return findings.length === 0 ? 0 : 1;
}

/**
 * What is wrong with the agent. Its manifest is checked against `plans`, which leave out rules given to --skip. If the
 * platform installed the agent, the manifest is checked only against the rules that the platform applies at boot: the
 * manifest promises no others.
 */
function agentPart(
  image: Image,
  root: Root,
  source: Source,
  plans: readonly RulePlan[],
): readonly AgentFinding[] {
  const judged = readManifest(root).place === undefined ? rules : rulesAtBoot;
  // A machine in use has made its own logs and keys since.
  const inUse = root.live && root.entry('/native/.zonecontrol/metadata.sock') !== undefined;
  const open = plans.filter(
    (plan) => isOpen(plan) && judged.includes(plan.rule) && !(inUse && plan.rule.category === 'clean'),
  );
  return [
    ...agentFindings({ ...image, root }, source),
    ...manifestFindings(
      root,
      open.map(({ rule }) => rule),
    ),
  ];
}

/** The commands that fix everything that commands can fix, in the order in which to run them. */
function mendingCommands(
  findings: readonly Finding[],
  image: Image,
  invocation: Invocation,
): readonly (readonly string[])[] {
  const root = image.root.path;
  // Without the option install would exit with 1, and the commands after `&&` would not run.
  const withoutInit = startDoubt(image)?.nothingStartsIt === true ? ['--without-init'] : [];
  const mends = (verb: 'install' | 'prepare') => findings.some(({ mend }) => mend.includes(verb));
  return [
    ...(mends('install')
      ? [[...imageCommandWords('install', root, { lists: new Map() }), ...withoutInit]]
      : []),
    ...(mends('prepare') ? [imageCommandWords('prepare', root, invocation)] : []),
  ];
}

function printFindings(
  io: Io,
  image: Image,
  {
    findings,
    notes,
    commands,
  }: {
    readonly findings: readonly Finding[];
    readonly notes: readonly Finding[];
    readonly commands: readonly (readonly string[])[];
  },
): void {
  const verdict =
    findings.length === 0
      ? `nothing is left to do in ${describe(image)}`
      : `${findings.length} finding${findings.length === 1 ? '' : 's'} in ${describe(image)}`;
  printLines(io, [...findings.flatMap((one) => [...findingLines(one), '']), verdict]);
  if (commands.length > 0) {
    printLines(io, ['', 'to fix all that these commands can fix:']);
    printCommands(io, commands);
  }
  const byHand = findings.filter((one) => one.byHand);
  if (byHand.length > 0) printLines(io, ['', `left to you: ${byHand.map(nameOf).join(', ')}`]);
  if (notes.length > 0)
    printLines(io, [
      '',
      'worth knowing:',
      ...notes.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...findingLines(one)]),
    ]);
}

function nameOf({ category, rule }: Finding): string {
  return `${category}/${rule}`;
}

function findingLines(finding: Finding): readonly string[] {
  const { rule, summary, what, reason, source, remedy } = finding;
  return [
    `${nameOf(finding)}: ${rule === zoneKernel ? '' : 'wanted is '}${summary}`,
    ...what.map((line) => `    ${line}`),
    `  why: ${reason} (${source})`,
    `  remedy: ${remedy}`,
  ];
}

function ruleFinding({ rule, settled, undecided, error }: RulePlan, root: string): Finding {
  const open = settled.filter(({ result }) => result !== 'unchanged');
  const broken = [error, ...open.map((one) => (one.result === 'failed' ? one.error : undefined))].filter(
    (one) => one !== undefined,
  );
  const isMended = broken.length === 0 && open.length > 0;
  const isToDecide = undecided.length > 0 && rule.decision !== undefined;
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
      ...(broken.length > 0 ? ['fix this error, then run lx-agent image prepare'] : []),
      ...(isMended ? [`lx-agent image prepare --root ${root} --only ${rule.id}`] : []),
      ...(isToDecide ? [`${rule.decision?.remedy} (to keep it: --skip ${rule.id})`] : []),
    ].join('; '),
    mend: isMended ? ['prepare'] : [],
    byHand: broken.length > 0 || isToDecide,
  };
}

function agentFinding({ check, what, mend, byHand }: AgentFinding, root: string): Finding {
  const { summary, reason, source } = agentChecks[check];
  return {
    rule: check,
    category: agentCategory,
    summary,
    what,
    reason,
    source,
    remedy: [
      ...(mend === undefined ? [] : [`lx-agent image ${mend} --root ${root}`]),
      ...(byHand === undefined ? [] : [byHand]),
    ].join('; '),
    mend: mend === undefined ? [] : [mend],
    byHand: mend === undefined,
  };
}

function zoneFinding({ summary, what, reason, source, remedy }: ZoneFinding): Finding {
  const isMended = remedy.startsWith('lx-agent image install');
  return {
    rule: zoneKernel,
    category: 'services',
    summary,
    what,
    reason,
    source,
    remedy,
    mend: isMended ? ['install'] : [],
    byHand: !isMended,
  };
}
