import type { Network } from './model.ts';
import type { RenderedFile } from './renderer.ts';

const path = '/etc/systemd/system/systemd-networkd-wait-online.service.d/lx-agent.conf';

/**
 * networkd's wait-online waits two minutes for an interface to come online if there is only the loopback. With this
 * condition it does not wait in that case, and still waits for an interface that is added later.
 */
export const waitOnline = {
  owns: (one: string) => one === path,
  files: ({ interfaces }: Network): RenderedFile[] =>
    interfaces.length > 0
      ? []
      : [
          {
            path,
            content:
              '# Written by lx-agent from sdc:nics.\n[Unit]\nConditionPathExistsGlob=/sys/class/net/[!l]*\n',
          },
        ],
  /** systemd has read its units before the early stage. */
  takeUp: (one: string): readonly [string, ...string[]] | undefined =>
    one === path ? ['systemctl', 'daemon-reload'] : undefined,
};
