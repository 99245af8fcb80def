import type { Change } from '../change/change.ts';
import {
  hasInterpreter,
  isPlatformNetworkScript,
  isPlatformOpenrcStub,
  openrcStub,
  redhatNetworkScript,
} from '../system/stand-ins.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { Step } from './step.ts';

/**
 * Repair a network service that the platform replaced at this boot by one that cannot start: Alpine's `networking` before
 * 2023, Red Hat's `network` since 2021. Services that need the network wait for these.
 */
export const standIns: Step = {
  name: 'stand-ins',
  stage: 'early',
  summary: "The network service of OpenRC and Red Hat 6, where the platform's own stand-in does not run",
  keys: [],
  offline: true,
  plan(_instance, { root, init, distribution, beforeInit }) {
    if (init === 'openrc') {
      const script = repaired(root, '/etc/init.d/networking', isPlatformOpenrcStub, openrcStub('networking'));
      return script.length > 0 && root.live && beforeInit !== true ? [...script, readDependencies] : script;
    }
    if (distribution.family === 'redhat' && init !== 'systemd')
      return repaired(root, '/etc/rc.d/init.d/network', isPlatformNetworkScript, redhatNetworkScript);
    return [];
  },
};

/**
 * OpenRC reads the dependencies of all services when the boot begins. It reads them again if a service is newer, but
 * compares whole seconds only. On a fast boot it would not learn that the service provides the network.
 */
const readDependencies: Change = {
  kind: 'command',
  argv: ['rc-update', '--update'],
  deadline: 10,
  why: 'OpenRC read /etc/init.d/networking before it changed',
};

/** Larger than any init script. */
const scriptLimit = 256 * 1024;

function repaired(
  root: ReadableRoot,
  path: string,
  isPlatforms: (text: string) => boolean,
  content: string,
): Change[] {
  const entry = root.entry(path);
  if (entry?.kind !== 'file' || entry.size > scriptLimit) return [];
  const text = root.readText(path, scriptLimit) ?? '';
  if (hasInterpreter(text) || !isPlatforms(text)) return [];
  const why = 'the platform wrote a script that cannot be started';
  return [{ kind: 'file', path, content, mode: 0o755, claim: 'always', why }];
}
