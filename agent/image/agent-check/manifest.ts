import type { ReadableRoot } from '../../system/system.ts';
import type { Category } from '../categories.ts';
import { manifestPath, readManifest } from '../manifest.ts';
import type { AgentFinding } from './finding.ts';

const check = 'agent-manifest';

/**
 * Where the manifest, by which the platform goes, says more than is true. `open` are the rules in which something is
 * left to do, as a manifest of this root is judged by.
 */
export function manifestFindings(
  root: ReadableRoot,
  open: readonly { readonly id: string; readonly category: Category }[],
): readonly AgentFinding[] {
  const { done } = readManifest(root);
  const untrue = done.flatMap((category) => {
    const names = open.filter((rule) => rule.category === category).map(({ id }) => id);
    if (names.length === 0) return [];
    return [`${manifestPath} says that ${category} is done, and it is not: ${names.join(', ')}`];
  });
  return [
    ...(untrue.length === 0 ? [] : [{ check, what: untrue, mend: 'prepare' } as const]),
    ...(root.entry(manifestPath)?.kind === 'link'
      ? [
          {
            check,
            what: [`${manifestPath} is a link, which the platform does not follow`],
            byHand: `put the file itself at ${manifestPath}`,
          } as const,
        ]
      : []),
  ];
}

/** The agent is in the image, and the manifest does not name it. */
export function unnamedFinding(): AgentFinding {
  return {
    check,
    what: [`${manifestPath} does not name the agent, so the platform does its work as well`],
    mend: 'install',
  };
}
