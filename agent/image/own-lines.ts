import { withoutStages } from './inittab.ts';
import { withoutDependencies } from './insserv.ts';

/** The line by which an rc.local starts the agent. */
export const rcLocalLine = '/usr/lib/lx-agent/boot';
/** Where an rc.local may be. */
export const rcLocalPaths = ['/etc/rc.d/rc.local', '/etc/rc.local'] as const;

/**
 * A file that the agent shares with others, without the agent's lines, whatever else changed in it since they were put
 * there; undefined for a file in which they are not known by their text.
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
