import type { RendererName } from '../system/configuration.ts';
import type { ReadableRoot } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import type { PolicyChoice } from './model.ts';

/** What in a root keeps a network service from its work: a file with this in it, or a unit that is masked. */
type Idle = { readonly file: string; readonly holds: RegExp } | { readonly masked: string };

/** A block that `image prepare` puts into a script. */
const block = /^# lx-agent: begin/m;

const idles: Readonly<Partial<Record<RendererName, readonly Idle[]>>> = {
  ifupdown: [
    { file: '/etc/init.d/networking', holds: block },
    { file: '/etc/init/networking.override', holds: /static-network-up/ },
    { masked: 'networking.service' },
  ],
  ifcfg: [
    { file: '/etc/rc.d/init.d/network', holds: block },
    { file: '/etc/systemd/system/network.service', holds: /^ExecStart=\/bin\/touch /m },
    { masked: 'network.service' },
  ],
  networkmanager: [{ masked: 'NetworkManager.service' }],
  suse: [{ masked: 'wicked.service' }],
  networkd: [{ masked: 'systemd-networkd.service' }],
};

/**
 * The file that makes the root's network service do nothing, as `image prepare` leaves it: the files that the service
 * would read are read by nobody. Undefined where the service does its work.
 */
export function idleService(root: ReadableRoot, renderer: RendererName): string | undefined {
  for (const idle of idles[renderer] ?? []) {
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
