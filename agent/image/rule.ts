import type { Change } from '../change/change.ts';
import type { Distribution, Family } from '../system/distribution.ts';
import type { InitSystem } from '../system/init.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { Category } from './categories.ts';
import { changesFor, type Want } from './want.ts';

/** An image root, and what it turned out to hold. */
export interface Image {
  readonly root: ReadableRoot;
  readonly distribution: Distribution;
  readonly init: InitSystem;
}

/** One thing that an image needs to be at home in an lx zone, as data: what is to be, where, why, and who says so. */
export interface Rule {
  readonly id: string;
  readonly category: Category;
  /** What is wanted, as a clause: `no getty on a virtual terminal`. */
  readonly summary: string;
  /** Why an lx zone needs it. */
  readonly reason: string;
  /** Where the fact is from. */
  readonly source: string;
  /** Where it applies; everywhere when absent. */
  readonly when?: When;
  /** What an image builder decides for a new image, and nobody for a machine that is in use. */
  readonly forBuilders?: true;
  readonly wants: readonly Want[] | ((image: Image) => readonly Want[]);
  /** What only the image builder can decide: `check` names it, and `prepare` leaves it as it is. */
  readonly decision?: Decision;
}

interface Decision {
  /** What is there to be decided about, a clause each; nothing where all is well. */
  readonly left: (image: Image) => readonly string[];
  /** What the builder can do. */
  readonly remedy: string;
}

interface When {
  readonly families?: readonly Family[];
  readonly inits?: readonly InitSystem[];
}

/** Whether a rule has a say in this image. */
export function applies({ when }: Rule, { distribution, init }: Image): boolean {
  return (
    (when?.families === undefined || when.families.includes(distribution.family)) &&
    (when?.inits === undefined || when.inits.includes(init))
  );
}

/** What a rule wants of this image, as Changes. Throws RootError where the image cannot be read. */
export function planRule(rule: Rule, image: Image): readonly Change[] {
  if (!applies(rule, image)) return [];
  const wants = typeof rule.wants === 'function' ? rule.wants(image) : rule.wants;
  return wants.flatMap((want) => changesFor(want, image.root, rule.summary));
}
