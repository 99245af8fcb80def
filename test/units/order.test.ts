import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The lines of a unit that match, as they stand; of a script, those before its first `start`. */
function lines(path: string, pattern: RegExp): readonly string[] {
  return readFileSync(join(import.meta.dirname, '../../units', path), 'utf8')
    .replace(/^start\(\)[\s\S]*/m, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => pattern.test(line));
}

// Each list is what a boot rests on; the boot tests see most of it at work, but not every service in every image.
describe('the order that each init system is told', () => {
  const systemd =
    /^(After|Before|Wants|Conflicts|RequiresMountsFor|DefaultDependencies|WantedBy|Type|KillMode)=/;

  it('systemd, early: after the file systems, before everything that reads the name, the resolvers or the network files', () => {
    expect(lines('systemd/lx-agent-early.service', systemd)).toEqual([
      'DefaultDependencies=no',
      'Conflicts=shutdown.target',
      'Before=shutdown.target',
      'RequiresMountsFor=/etc /usr/bin /var/lib',
      'After=local-fs.target systemd-tmpfiles-setup.service',
      'Wants=network-pre.target',
      'Before=network-pre.target sysinit.target',
      'Before=networking.service systemd-networkd.service systemd-resolved.service NetworkManager.service',
      'Before=wicked.service network.service cloud-init-local.service',
      'Type=oneshot',
      'KillMode=process',
      'WantedBy=sysinit.target',
    ]);
  });

  it('systemd, late: after the network, and nobody waits for its end', () => {
    expect(lines('systemd/lx-agent-late.service', systemd)).toEqual([
      'After=lx-agent-early.service network.target nss-lookup.target',
      'Type=simple',
      'KillMode=process',
      'WantedBy=multi-user.target',
    ]);
  });

  it('systemd: both stages have an end, also when the agent does not come to one', () => {
    const ends = /^(Timeout\w+Sec|RemainAfterExit|ConditionPathExists)=/;
    expect(lines('systemd/lx-agent-early.service', ends)).toEqual([
      'RemainAfterExit=yes',
      'TimeoutStartSec=10min',
    ]);
    expect(lines('systemd/lx-agent-late.service', ends)).toEqual([
      'ConditionPathExists=!/run/lx-agent-late.idle',
      'RemainAfterExit=yes',
      'TimeoutStopSec=30s',
    ]);
  });

  const header = /^# (Provides|Required-St\w+|Should-Start|X-Start-Before|Default-St\w+):/;

  it('sysvinit, early: in rcS.d, after the local file systems and before the network', () => {
    expect(squeezed(lines('sysvinit/lx-agent-early', header))).toEqual([
      '# Provides: lx-agent-early',
      '# Required-Start: $local_fs',
      '# Should-Start: mountkernfs',
      '# Required-Stop:',
      '# X-Start-Before: networking resolvconf dhcpcd',
      '# Default-Start: S',
      '# Default-Stop:',
    ]);
  });

  it('sysvinit, late: after the network, ended before it goes', () => {
    expect(squeezed(lines('sysvinit/lx-agent-late', header))).toEqual([
      '# Provides: lx-agent-late',
      '# Required-Start: $remote_fs $network',
      '# Required-Stop: $remote_fs $network',
      '# Default-Start: 2 3 4 5',
      '# Default-Stop: 0 1 6',
    ]);
  });

  it('OpenRC, early and late', () => {
    const dependency = /^(after|before|need|use|want|keyword|if|fi)\b/;
    expect(lines('openrc/lx-agent-early', dependency)).toEqual([
      'after root localmount mountkernfs mountall mountall-bootclean',
      'before net networking ifupdown resolvconf dhcpcd sshd ssh',
      'if [ ! -e /etc/init.d/mountall.sh ]; then',
      'after bootmisc',
      'before hostname',
      'fi',
      'keyword -shutdown -timeout',
    ]);
    expect(lines('openrc/lx-agent-late', dependency)).toEqual([
      'use net',
      'after net networking ifupdown lx-agent-early sshd ssh',
    ]);
  });

  it('Red Hat 6: first of the runlevel, and right after sshd', () => {
    expect(lines('redhat6/lx-agent-early', /^# chkconfig:/)).toEqual(['# chkconfig: 2345 00 99']);
    expect(lines('redhat6/lx-agent-late', /^# chkconfig:/)).toEqual(['# chkconfig: 2345 56 01']);
  });

  it('Upstart, early: whoever of these comes first waits for it', () => {
    const event = /^(start on|stop on|or|task|kill timeout|emits)\b/;
    expect(lines('upstart/lx-agent-early.conf', event)).toEqual([
      'start on (filesystem',
      'or starting networking',
      'or starting network-interface',
      'or starting resolvconf',
      'or starting ssh)',
      'task',
    ]);
    expect(lines('upstart/lx-agent-late.conf', event)).toEqual([
      'start on runlevel [2345]',
      'stop on runlevel [!2345]',
      'kill timeout 30',
    ]);
  });
});

function squeezed(found: readonly string[]): readonly string[] {
  return found.map((line) => line.replace(/ +/g, ' ').trim());
}
