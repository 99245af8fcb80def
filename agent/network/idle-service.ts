import type { ReadableRoot } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import type { PolicyChoice } from './model.ts';
import type { Renderer } from './renderer.ts';

/** A block that `image prepare` puts into a script. */
export const preparedBlock = /^# lx-agent: begin/m;

/**
 * The file by which `image prepare` disables the root's network service, so that nothing reads the service's files.
 * Undefined if the service is not disabled.
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
 * `auto` is `hands-off` if the service is disabled. Such a service cannot configure an interface that the platform left
 * out, and a prepared image is for a zone, where the platform configures every interface.
 */
export function choiceWith(idle: string | undefined, choice: PolicyChoice): PolicyChoice {
  return choice === 'auto' && idle !== undefined ? 'hands-off' : choice;
}
