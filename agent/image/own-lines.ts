import { withoutStages } from './inittab.ts';
import { withoutDependencies } from './insserv.ts';

/** The line in rc.local that starts the agent. */
export const rcLocalLine = '/usr/lib/lx-agent/boot';
/** The paths where rc.local can be. */
export const rcLocalPaths = ['/etc/rc.d/rc.local', '/etc/rc.local'] as const;

/**
 * The text of a shared file without the agent's lines, whatever else changed in it since. Undefined for a file in which
 * the lines are not recognized by their text.
 */
export function withoutOwnLines(path: string, text: string): string | undefined {
  if (path === '/etc/inittab') return withoutStages(text);
  if (rcLocalPaths.some((one) => one === path))
    return text
      .split('\n')
      .filter((line) => line !== rcLocalLine)
      .join('\n');
  return withoutDependencies(path, text);
}
