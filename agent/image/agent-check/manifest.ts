import type { ReadableRoot } from '../../system/system.ts';
import type { Category } from '../categories.ts';
import { manifestPath, readManifest } from '../manifest.ts';
import type { AgentFinding } from './finding.ts';

const check = 'agent-manifest';

/**
 * Find what the manifest claims and what is not true: the platform relies on it. `open` are the rules that have
 * something left to do in this root.
 */
export function manifestFindings(
  root: ReadableRoot,
  open: readonly { readonly id: string; readonly category: Category }[],
): readonly AgentFinding[] {
  const { done } = readManifest(root);
  const untrue = done.flatMap((category) => {
    const names = open.filter((rule) => rule.category === category).map(({ id }) => id);
    if (names.length === 0) return [];
    return [`${manifestPath} says that ${category} is done, but it is not: ${names.join(', ')}`];
  });
  return [
    ...(untrue.length === 0 ? [] : [{ check, what: untrue, mend: 'prepare' } as const]),
    ...(root.entry(manifestPath)?.kind === 'link'
      ? [
          {
            check,
            what: [`${manifestPath} is a link, which the platform does not follow`],
            byHand: `replace the link at ${manifestPath} by the file itself`,
          } as const,
        ]
      : []),
  ];
}

/** The agent is in the image, but the manifest does not name it. */
export function unnamedFinding(): AgentFinding {
  return {
    check,
    what: [`${manifestPath} does not name the agent, so the platform does the agent's work as well`],
    mend: 'install',
  };
}
