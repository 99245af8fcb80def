import type { ReadableRoot } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import type { PolicyChoice } from './model.ts';
import type { Renderer } from './renderer.ts';

/** A block that `image prepare` puts into a script. */
export const preparedBlock = /^# lx-agent: begin/m;

/**
 * The file that makes the root's network service do nothing, as `image prepare` leaves it: the files that the service
 * would read are read by nobody. Undefined where the service does its work.
 */
export function idleService(
  root: ReadableRoot,
  { idle: signs = [] }: Pick<Renderer, 'idle'>,
): string | undefined {
  for (const idle of signs) {
    if ('file' in idle) {
      if (idle.holds.test(textIfReadable(root, idle.file) ?? '')) return idle.file;
      continue;
    }
    const link = `/etc/systemd/system/${idle.masked}`;
    if (root.linkTarget(link) === '/dev/null') return link;
  }
  return undefined;
}

/**
 * `auto` is `hands-off` where the service is idle: it could not configure what the platform has not, and a prepared image
 * is for a zone, where the platform configures every interface.
 */
export function choiceWith(idle: string | undefined, choice: PolicyChoice): PolicyChoice {
  return choice === 'auto' && idle !== undefined ? 'hands-off' : choice;
}
