import type { Settled } from '../change/settle.ts';
import { planInPlace } from '../image/in-place.ts';
import { install, settleInstallation } from '../image/installation.ts';
import { planPreparation, prepare, readImage } from '../image/prepare.ts';
import type { Image, Rule } from '../image/rule.ts';
import { rules } from '../image/rules/all.ts';
import { unitChanges } from '../image/units.ts';
import { getKeys, MetadataUnavailable } from '../metadata/client.ts';
import type { Root } from '../system/root.ts';
import { type Carried, categoriesAtBoot } from './decision.ts';

/**
 * The preparation rules for a machine that may be in use already: all but those that clean up after a build, and those
 * that are a builder's choice.
 */
export const rulesAtBoot: readonly Rule[] = rules.filter(
  ({ category, forBuilders }) => categoriesAtBoot.includes(category) && forBuilders !== true,
);

/** What laying down would change in a root. Reads only. */
export function planLayDown(root: Root, carried: Carried): readonly Settled[] {
  const image = readImage(root);
  return [
    ...planPreparation(image, rulesAtBoot).flatMap(({ settled }) => settled),
    ...settleInPlace(image, root, carried),
  ];
}

/** Seconds for the one key that may forbid laying anything down; without an answer nothing forbids it. */
const switchDeadline = 3;

/** Lay down what the root needs, if the metadata does not switch that off. Answers with what a person should hear. */
export async function layDownUnlessOff(
  root: Root,
  carried: Carried,
  socketPath: string,
  why: string,
): Promise<readonly string[]> {
  if (await isSwitchedOff(socketPath)) return [];
  const problems = await layDown(root, carried);
  return [...problems, `${why}: it was prepared, and its units now call the program in ${carried.place}`];
}

/** Whether the metadata keeps the platform's agent away. Metadata that does not come forbids nothing. */
async function isSwitchedOff(socketPath: string): Promise<boolean> {
  try {
    const { answers } = await getKeys(['lx-agent:boot'], { socketPath, deadline: switchDeadline });
    const answer = answers.get('lx-agent:boot');
    return answer?.status === 'found' && answer.value.toString('utf8').trim() === 'off';
  } catch (error) {
    if (error instanceof MetadataUnavailable) return false;
    throw error;
  }
}

/**
 * Prepare a root as `image prepare` does, and lay down the units, which call the program where it is. Answers with what
 * did not go well, a sentence each; one failure does not stop the rest.
 */
export async function layDown(root: Root, carried: Carried): Promise<readonly string[]> {
  const problems: string[] = [];
  const plans = planPreparation(readImage(root), rulesAtBoot);
  const failures = await prepare(root, plans, carried.version, rulesAtBoot);
  for (const { rule, error } of failures) problems.push(`${rule.category}/${rule.id}: ${error.message}`);
  try {
    // Preparing may have changed what the units go by.
    const image = readImage(root);
    await install(root, settleInPlace(image, root, carried), { ...carried, init: image.init });
  } catch (error) {
    problems.push(`the units were not laid down: ${error instanceof Error ? error.message : String(error)}`);
  }
  return problems;
}

function settleInPlace(image: Image, root: Root, { place }: Carried): readonly Settled[] {
  return settleInstallation(root, planInPlace(image, place, unitChanges(root, image.init)), false);
}
