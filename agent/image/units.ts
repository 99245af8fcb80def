import type { Change, FileChange, LinkChange } from '../change/change.ts';
import type { InitSystem } from '../system/init.ts';
import type { ReadableRoot } from '../system/system.ts';
import { unitText } from './assets.ts';

/**
 * What makes an init system run both stages: its unit files, and the links and entries that enable them, without
 * running anything of the root's. In a root where it has been done, all of it is there already. Throws RootError.
 */
export function unitChanges(_root: ReadableRoot, init: InitSystem): Change[] {
  switch (init) {
    case 'systemd':
      return systemd();
    default:
      throw new Error(`no units for ${init}`);
  }
}

/** In /etc, where every systemd looks, whichever of /lib and /usr/lib its own units are in. */
function systemd(): Change[] {
  const folder = '/etc/systemd/system';
  const unit = (name: string) => file(`${folder}/${name}`, `systemd/${name}`, 0o644);
  const enable = (name: string, target: string) =>
    link(`${folder}/${target}.wants/${name}`, `${folder}/${name}`, `${target} starts it`);
  return [
    unit('lx-agent-early.service'),
    unit('lx-agent-late.service'),
    file('/etc/systemd/system-preset/00-lx-agent.preset', 'systemd/lx-agent.preset', 0o644),
    enable('lx-agent-early.service', 'sysinit.target'),
    enable('lx-agent-late.service', 'multi-user.target'),
  ];
}

function file(path: string, unit: string, mode: number): FileChange {
  return {
    kind: 'file',
    path,
    content: unitText(unit),
    mode,
    claim: 'always',
    why: 'init reads it to run the agent',
  };
}

function link(path: string, target: string, why: string): LinkChange {
  return { kind: 'link', path, target, why };
}
