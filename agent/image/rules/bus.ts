import { basename } from 'node:path/posix';
import type { ReadableRoot } from '../../system/system.ts';
import type { Image, Rule } from '../rule.ts';
import type { Want } from '../want.ts';

/** What a bus is started by: systemd starts dbus.service, which may be a link to either of the two programs' units. */
export interface Bus {
  /** `system`, or `user` for those of the users' service managers. */
  readonly scope: 'system' | 'user';
  readonly isBroker: boolean;
  /** The unit of dbus-daemon; undefined where that is not installed. */
  readonly daemon: string | undefined;
}

/** The buses of a root that has dbus. */
export function busesOf(root: ReadableRoot): readonly Bus[] {
  return (['system', 'user'] as const).flatMap((scope) => {
    const folders = ['/usr/lib', '/lib'].map((folder) => `${folder}/systemd/${scope}`);
    const units = [`/etc/systemd/${scope}`, ...folders].map((folder) => `${folder}/dbus.service`);
    const unit = units.find((path) => root.entry(path) !== undefined);
    if (unit === undefined) return [];
    const hasProgram = ['/usr/bin', '/bin'].some(
      (folder) => root.entry(`${folder}/dbus-daemon`) !== undefined,
    );
    const daemon = folders
      .flatMap((folder) => [`${folder}/dbus-daemon.service`, `${folder}/dbus.service`])
      .find((path) => root.entry(path)?.kind === 'file');
    return [
      {
        scope,
        isBroker: basename(root.linkTarget(unit) ?? '') === 'dbus-broker.service',
        daemon: hasProgram ? daemon : undefined,
      },
    ];
  });
}

function daemonForBroker({ root }: Image): Want[] {
  return busesOf(root).flatMap(({ scope, isBroker, daemon }) =>
    isBroker && daemon !== undefined ? [{ link: `/etc/systemd/${scope}/dbus.service`, target: daemon }] : [],
  );
}

export const busRules: readonly Rule[] = [
  {
    id: 'dbus-broker',
    category: 'services',
    summary: 'dbus-daemon in place of dbus-broker',
    reason:
      'dbus-broker ends when the kernel refuses it PR_CAPBSET_READ, and nothing that needs the bus starts',
    source: 'lx_prctl.c; Fedora 41 in a zone (lx-images)',
    when: { inits: ['systemd'] },
    wants: daemonForBroker,
  },
];
