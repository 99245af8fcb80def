import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkServices } from '../../agent/doctor/services.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { parseFailedUnits } from '../../agent/system/systemd-units.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

const folder = '/usr/lib/systemd/system';

function findings(tree: Tree, failed: Readonly<Record<string, readonly number[]>>, generator = true) {
  const root = temporaryRoot({
    ...tree,
    ...(generator && {
      '/usr/lib/systemd/system-generators/lx-agent': '',
      '/usr/lib/lx-agent/kernel-probe': '',
    }),
  });
  if (generator)
    for (const path of ['usr/lib/systemd/system-generators/lx-agent', 'usr/lib/lx-agent/kernel-probe'])
      chmodSync(join(root, path), 0o755);
  const units = Object.entries(failed).map(([name, statuses]) => ({ name, statuses }));
  return checkServices(openRoot(root), units).map((one) => ({
    ...one,
    remedy: one.remedy?.replaceAll(root, '/ROOT'),
  }));
}

describe('failed units', () => {
  it('are nothing to speak of where there are none', () => {
    expect(findings({ [`${folder}/a.service`]: '[Service]\nNoNewPrivileges=yes\n' }, {})).toEqual([]);
  });

  it.each([
    [227, 'NO_NEW_PRIVILEGES', 'NoNewPrivileges=yes'],
    [243, 'CREDENTIALS', 'LoadCredential=a:/b'],
    [226, 'NAMESPACE', 'BindPaths=/a'],
    [217, 'USER', 'PrivateUsers=yes'],
    [225, 'NETWORK', 'NetworkNamespacePath=/run/netns/a'],
    [212, 'TIMERSLACK', 'TimerSlackNSec=1ms'],
  ])("status %i, step %s, is the zone's: %s", (status, step, setting) => {
    const unit = { [`${folder}/a.service`]: `[Service]\n${setting}\n` };
    const [found, ...others] = findings(unit, { 'a.service': [status] });
    expect(found).toMatchObject({
      status: 'wrong',
      text: expect.stringContaining(`a.service failed at the step ${step}: `),
      remedy: 'systemctl daemon-reload, then systemctl restart a.service',
    });
    expect(found?.text).toContain(`(${setting} in ${folder}/a.service)`);
    expect(others).toEqual([]);
    expect(findings(unit, { 'a.service': [status] }, false)[0]?.remedy).toMatch(
      /^lx-agent image install --root \/ROOT /,
    );
  });

  it('of which the generator may not help are told with what to do', () => {
    expect(
      findings(
        {
          [`${folder}/a@.service`]: '[Service]\nDynamicUser=yes\n',
          '/etc/systemd/system/b.service': '[Service]\n',
          '/etc/systemd/system/b.service.d/mine.conf': '[Service]\nNoNewPrivileges=yes\n',
        },
        { 'a@1.service': [226], 'b.service': [227] },
      ).map(({ remedy }) => remedy),
    ).toEqual([
      expect.stringMatching(/^make a user \(useradd --system NAME\).*systemctl edit a@1\.service/),
      'remove NoNewPrivileges= from /etc/systemd/system/b.service.d/mine.conf',
    ]);
  });

  it('that can never work in a zone are told so', () => {
    expect(findings({}, { 'auditd.service': [1], 'firewalld.service': [3] })).toMatchObject([
      { status: 'wrong', remedy: 'lx-agent image prepare --root /ROOT --only systemd-audit masks it' },
      { status: 'wrong', text: expect.stringContaining('the kernel has no netfilter') },
    ]);
  });

  it.each([
    ['auto lo\niface lo inet loopback\n', 'wrong'],
    ['source /etc/network/interfaces.d/*\n', 'wrong'],
    ['auto lo\niface lo inet manual\n', 'note'],
  ])('of ifupdown are told by what it does with the loopback: %j', (interfaces, status) => {
    expect(findings({ '/etc/network/interfaces': interfaces }, { 'networking.service': [1] })).toMatchObject([
      { status },
    ]);
  });

  it('that failed for reasons of their own are set apart', () => {
    expect(
      findings(
        {
          [`${folder}/a.service`]: '[Service]\nNoNewPrivileges=yes\n',
          [`${folder}/no-user.service`]: '[Service]\nUser=nobody-has-this\n',
        },
        { 'a.service': [1], 'no-user.service': [217], 'c.socket': [] },
      ),
    ).toEqual([
      {
        status: 'note',
        subject: 'services',
        text: "failed, but not by what a zone's kernel refuses: a.service, no-user.service, c.socket",
        remedy: 'systemctl status a.service no-user.service c.socket',
      },
    ]);
  });

  it('leave room for a service that runs without a capability', () => {
    const tree = {
      [`${folder}/a.service`]: '[Service]\nUser=a\nAmbientCapabilities=CAP_NET_RAW\n',
      '/etc/systemd/system/multi-user.target.wants/a.service': `-> ${folder}/a.service`,
    };
    const audit = { [`${folder}/b.service`]: '[Service]\nUser=b\nAmbientCapabilities=CAP_AUDIT_WRITE\n' };
    expect(findings({ ...tree, ...audit }, {})).toMatchObject([
      {
        status: 'note',
        text: expect.stringMatching(/^a\.service asks for AmbientCapabilities=CAP_NET_RAW: /),
      },
    ]);
  });
});

it('reads the statuses of all processes of a unit from systemctl show', () => {
  const shown = `ExecMainStatus=0
ExecStartPre={ path=/a ; argv[]=/a ; ignore_errors=no ; start_time=[n/a] ; pid=7 ; code=exited ; status=227 }
ExecStart={ path=/b ; argv[]=/b ; ignore_errors=no ; start_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
Id=a.service

ExecMainStatus=226
Id=b.service

Id=c.socket
`;
  expect(parseFailedUnits(shown)).toEqual([
    { name: 'a.service', statuses: [227] },
    { name: 'b.service', statuses: [226] },
    { name: 'c.socket', statuses: [] },
  ]);
});
