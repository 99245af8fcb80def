import { type Category, categories } from '../image/categories.ts';
import type { Manifest } from '../image/manifest.ts';

/** What is known of a root before the agent of the platform decides about it. */
export interface RootFacts {
  /** Whether the file that switches this agent off is there. */
  readonly switchedOff: boolean;
  /** The init system of the root, as a manifest names it; undefined when there is none. */
  readonly init: string | undefined;
  readonly manifest: Manifest;
  /** Whether the command that was laid down earlier is still there. */
  readonly hasCommand: boolean;
}

/** The agent that the platform carries. */
export interface Carried {
  readonly version: string;
  /** The folder of the program, as a path in the zone. */
  readonly place: string;
}

/** What the platform's agent does in a root before init starts, and why, for a person. */
export type Decision =
  | { readonly work: 'none'; readonly why: string }
  | {
      readonly work: 'early stage';
      readonly why: string;
      /** What a person has to do so that the late stage runs too. */
      readonly warning?: string;
    }
  | { readonly work: 'lay down, then early stage'; readonly why: string };

/** What a root is prepared in; cleaning up after a build would take an instance's own keys and logs. */
export const categoriesAtBoot: readonly Category[] = categories.filter((category) => category !== 'clean');

/** The file in a root that keeps the platform's agent away. */
export const offFile = '/etc/lx-agent/off';

/** A folder for the program that can stand in a script and in a manifest as it is. */
export function isPlace(folder: string): boolean {
  return /^(\/[A-Za-z0-9._+-]+)+$/.test(folder) && !/\/\.\.?(\/|$)/.test(folder);
}

/**
 * Decide what to do in a root. The newer of two agents does the work: an image that brings a program of its own keeps
 * it, and what a newer agent laid down is never replaced by an older one.
 */
export function decide(facts: RootFacts, carried: Carried): Decision {
  const { manifest, init } = facts;
  if (facts.switchedOff) return { work: 'none', why: `${offFile} switches the platform's agent off` };
  if (init === undefined) return { work: 'none', why: 'no init system was found in this root' };
  const isExchanged = manifest.init !== undefined && manifest.init !== init;
  if (manifest.agent !== undefined && manifest.place === undefined) {
    if (isExchanged)
      return {
        work: 'early stage',
        why: `the image brings its own agent, installed for ${manifest.init}, and boots with ${init}`,
        warning: `the agent of this image is installed for ${manifest.init}, and the init system is ${init}: run lx-agent image install --root / and reboot`,
      };
    return compareVersions(manifest.agent, carried.version) < 0
      ? { work: 'early stage', why: `the image brings an older agent, ${manifest.agent}` }
      : { work: 'none', why: `the image brings its own agent, ${manifest.agent}` };
  }
  if (manifest.agent === undefined || !facts.hasCommand)
    return { work: 'lay down, then early stage', why: 'this root has no agent' };
  // Whichever agent laid them down: nothing starts those units any more.
  if (isExchanged)
    return {
      work: 'lay down, then early stage',
      why: `the units in this root are for ${manifest.init}, and it boots with ${init}`,
    };
  const open = categoriesAtBoot.filter((category) => !manifest.done.includes(category));
  if (open.length > 0)
    return { work: 'lay down, then early stage', why: `this root is not yet prepared (${open.join(', ')})` };
  if (manifest.agent === carried.version && manifest.place === carried.place)
    return { work: 'early stage', why: `agent ${manifest.agent} is laid down` };
  return compareVersions(manifest.agent, carried.version) > 0
    ? { work: 'early stage', why: `a newer agent, ${manifest.agent}, laid down what is here` }
    : { work: 'lay down, then early stage', why: `agent ${manifest.agent} laid down what is here` };
}

/** Compare the numbers of two versions such as `0.1.0 (1a2b3c4d5e)`: negative when the first is older. */
export function compareVersions(one: string, other: string): number {
  const numbers = (text: string) => /^\d+(\.\d+)*/.exec(text)?.[0].split('.').map(Number) ?? [];
  const [left, right] = [numbers(one), numbers(other)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
