import type { Change } from '../change/change.ts';
import type { Distribution, Family } from '../system/distribution.ts';
import type { InitSystem } from '../system/init.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { Category } from './categories.ts';
import { changesFor, type Want } from './want.ts';

/** An image root, with its distribution and init system. */
export interface Image {
  readonly root: ReadableRoot;
  readonly distribution: Distribution;
  readonly init: InitSystem;
}

/** One thing that an image needs in an lx zone, as data: the required state, where it applies, why, and the source. */
export interface Rule {
  readonly id: string;
  readonly category: Category;
  /** The required state, as a phrase: `no getty on a virtual terminal`. */
  readonly summary: string;
  /** Why an lx zone needs it. */
  readonly reason: string;
  /** Where the fact is from. */
  readonly source: string;
  /** Where it applies; everywhere if absent. */
  readonly when?: When;
  /** An image builder decides this for a new image. It is not applied to a machine that is in use. */
  readonly forBuilders?: true;
  readonly wants: readonly Want[] | ((image: Image) => readonly Want[]);
  /** What only the image builder can decide: `check` reports it, and `prepare` does not change it. */
  readonly decision?: Decision;
}

interface Decision {
  /** What is left to decide, one clause each; empty if nothing is. */
  readonly left: (image: Image) => readonly string[];
  /** What the builder can do. */
  readonly remedy: string;
}

interface When {
  readonly families?: readonly Family[];
  readonly inits?: readonly InitSystem[];
}

/** Whether a rule applies to this image. */
export function applies({ when }: Rule, { distribution, init }: Image): boolean {
  return (
    (when?.families === undefined || when.families.includes(distribution.family)) &&
    (when?.inits === undefined || when.inits.includes(init))
  );
}

/** The Changes that a rule requires in this image. Throws RootError if the image cannot be read. */
export function planRule(rule: Rule, image: Image): readonly Change[] {
  if (!applies(rule, image)) return [];
  const wants = typeof rule.wants === 'function' ? rule.wants(image) : rule.wants;
  return wants.flatMap((want) => changesFor(want, image.root, rule.summary));
}
