import type { Network } from './model.ts';
import type { RenderedFile } from './renderer.ts';

const path = '/etc/systemd/system/systemd-networkd-wait-online.service.d/lx-agent.conf';

/**
 * networkd's wait-online wants one interface to be online, and waits its two minutes for it where there is none but
 * the loopback. By its condition it then does not wait: nor does it later miss an interface that has come.
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
