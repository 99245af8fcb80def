import { apply } from '../change/apply.ts';
import { type Settled, settle } from '../change/settle.ts';
import { detectDistribution } from '../system/distribution.ts';
import { detectInit } from '../system/init.ts';
import type { Root } from '../system/root.ts';
import { emptyState } from '../system/state.ts';
import type { ReadableRoot } from '../system/system.ts';
import { canStart } from './agent-check/agent-findings.ts';
import { type Category, categories } from './categories.ts';
import { readManifest, writeManifest } from './manifest.ts';
import { remember } from './preparation/remember.ts';
import { giveToPreparation } from './preparation/share.ts';
import { readRecord, writeRecord } from './record.ts';
import { applies, type Image, planRule, type Rule } from './rule.ts';
import { rules } from './rules/all.ts';
import { isSelected, type Selection } from './selection.ts';

/** What is left to do for a rule. Nothing is left if every Change is `unchanged`. */
export interface RulePlan {
  readonly rule: Rule;
  readonly settled: readonly Settled[];
  /** What only the image builder can decide. */
  readonly undecided: readonly string[];
  /** Why the rule could not be planned: something in the image is unreadable. */
  readonly error?: Error;
}

/** An image root, with the distribution and the init system that its files show. */
export function readImage(root: ReadableRoot): Image {
  return { root, distribution: detectDistribution(root), init: detectInit(root) };
}

/** The rules that a selection includes, by id or category. */
export function selectRules(selection: Selection): readonly Rule[] {
  return rules.filter((rule) => isSelected(rule, selection));
}

/** Compare an image with the rules that apply to it. Only reads. A rule that fails does not stop the others. */
export function planPreparation(image: Image, selected: readonly Rule[]): readonly RulePlan[] {
  return selected
    .filter((rule) => applies(rule, image))
    .map((rule) => {
      try {
        return {
          rule,
          settled: settle(planRule(rule, image), image.root, emptyState).map((one) =>
            keepingOthers(one, rule, image.root),
          ),
          undecided: rule.decision?.left(image) ?? [],
        };
      } catch (error) {
        return {
          rule,
          settled: [],
          undecided: [],
          error: error instanceof Error ? error : new Error(String(error)),
        };
      }
    });
}

/** The largest file that gets a backup, in bytes: larger than any unit, job or drop-in. */
const backupLimit = 1024 * 1024;

/**
 * Ask for a backup, below /var/lib/lx-agent/backup, of another owner's file that our file or a mask replaces. There is
 * no backup of what an image must not keep, or of a file where only our part changes.
 */
function keepingOthers(one: Settled, rule: Rule, root: ReadableRoot): Settled {
  if (one.result !== 'wanted' || rule.category === 'clean' || rule.forBuilders === true) return one;
  const { change } = one;
  const replaces = (change.kind === 'file' && change.claim === 'always') || change.kind === 'link';
  const entry = replaces ? root.entry(change.path) : undefined;
  if (!replaces || entry?.kind !== 'file' || entry.size === 0 || entry.size > backupLimit) return one;
  const before = root.read(change.path);
  return before === undefined ? one : { ...one, before, backup: true };
}

/** Whether a rule has something left to do, or could not be planned. */
export function isOpen({ settled, error }: RulePlan): boolean {
  return error !== undefined || settled.some(({ result }) => result !== 'unchanged');
}

/** Whether an image does not meet a rule: something is left to do, or its builder has to decide something. */
export function isFinding(plan: RulePlan): boolean {
  return isOpen(plan) || plan.undecided.length > 0;
}

/** Why a Change of a rule could not be made. */
export interface Failure {
  readonly rule: Rule;
  readonly error: Error;
}

/**
 * Carry out what is left of the plans. A Change that fails does not stop the others. The manifest then lists the
 * categories in which the `judged` rules have nothing left to do.
 */
export async function prepare(
  root: Root,
  plans: readonly RulePlan[],
  version: string,
  judged: readonly Rule[] = rules,
): Promise<readonly Failure[]> {
  remember(root, plans, version);
  const failures: Failure[] = [];
  for (const { rule, settled, error } of plans) {
    if (error !== undefined) failures.push({ rule, error });
    for (const one of settled) {
      if (one.result === 'failed') failures.push({ rule, error: one.error });
      if (one.result !== 'wanted') continue;
      try {
        await apply(one, root);
      } catch (cause) {
        failures.push({ rule, error: cause instanceof Error ? cause : new Error(String(cause)) });
      }
    }
  }
  disown(root, plans);
  const manifest = readManifest(root);
  const left = openCategories(root, judged);
  writeManifest(root, {
    ...manifest,
    // The platform leaves its work to a named agent. If that agent could not start, nothing would do the work.
    agent: canStart(root) ? manifest.agent : undefined,
    prepared: version,
    done: categories.filter(
      (category) => !left.has(category) && judged.some((rule) => rule.category === category),
    ),
  });
  return failures;
}

function openCategories(root: Root, judged: readonly Rule[]): ReadonlySet<Category> {
  const open = planPreparation(readImage(root), judged).filter(isOpen);
  return new Set(open.map(({ rule }) => rule.category));
}

/**
 * An uninstallation can put back what a prepared image must not hold. Remove from the manifest what is not true any
 * more.
 */
export function correctManifest(root: Root): void {
  const manifest = readManifest(root);
  if (manifest.prepared === undefined) return;
  const left = openCategories(root, rules);
  writeManifest(root, { ...manifest, done: manifest.done.filter((category) => !left.has(category)) });
}

/**
 * Some links and folders are needed in the image with or without the agent. Move them from the installation's record to
 * that of the preparation: an uninstallation leaves them, and `image unprepare` removes them.
 */
function disown(root: Root, plans: readonly RulePlan[]): void {
  const record = readRecord(root);
  if (record === undefined) return;
  const needed = new Map(
    plans.flatMap(({ rule, settled }) =>
      settled.flatMap(({ change }) =>
        change.kind === 'link' || change.kind === 'directory' ? [[change.path, rule.id] as const] : [],
      ),
    ),
  );
  const isNeeded = ({ path }: { readonly path: string }) => needed.has(path);
  writeRecord(root, { ...record, entries: record.entries.filter((entry) => !isNeeded(entry)) });
  giveToPreparation(
    root,
    record.entries
      .filter(isNeeded)
      .flatMap(({ path, before, after }) =>
        after.kind === 'link' || after.kind === 'directory'
          ? [{ rule: needed.get(path) ?? '', path, before, after }]
          : [],
      ),
  );
}
