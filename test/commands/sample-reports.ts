import type { Report, StepOutcome } from '../../agent/report/report.ts';

const step = (name: string, milliseconds: number, rest: Partial<StepOutcome> = {}): StepOutcome => ({
  name,
  stage: 'early',
  result: 'unchanged',
  milliseconds,
  changes: [],
  ...rest,
});

/** The early stage of a first boot that went well. */
export const firstBoot: Report = {
  version: 1,
  agent: '0.1.0 (4c7b3c7)',
  stages: ['early'],
  started: '2026-11-23T02:09:22.481Z',
  boot: '5e3b8f6c-0d0e-4a6b-9f2a-2b9a8d1c7e55',
  instance: '7f3b2a10-93c4-4f0e-8c1d-5a6b7c8d9e0f',
  hostname: 'web-1',
  distribution: 'Debian GNU/Linux 12 (bookworm)',
  init: 'systemd',
  metadata: {
    status: 'read',
    socket: '/native/.zonecontrol/metadata.sock',
    keys: ['sdc:uuid', 'sdc:hostname', 'sdc:resolvers', 'sdc:nics', 'user-script'],
    protocol: 'V2',
    connections: 1,
    writes: 2,
    connectMilliseconds: 0.6,
    milliseconds: 3.1,
  },
  invalid: [],
  warnings: [],
  steps: [
    step('hostname', 1.2, {
      result: 'changed',
      changes: [
        {
          kind: 'file',
          what: '/etc/hostname',
          why: 'metadata names the instance web-1',
          result: 'changed',
        },
        { kind: 'command', what: 'hostname web-1', why: 'the running name follows', result: 'changed' },
        { kind: 'file', what: '/etc/hosts', why: 'web-1 must resolve', result: 'unchanged' },
      ],
    }),
    step('resolvers', 0.4),
    step('ssh-host-keys', 1640, {
      result: 'changed',
      changes: [
        {
          kind: 'generated',
          what: '/etc/ssh',
          why: 'ssh_host_rsa_key and ssh_host_ed25519_key are missing',
          result: 'changed',
        },
      ],
    }),
    step('zfs', 0.1, { result: 'skipped', reason: 'there is no /native/usr/sbin/zfs' }),
  ],
  spans: [
    { name: 'process start', start: 0, end: 31.2 },
    { name: 'read state', start: 31.2, end: 32.1 },
    { name: 'metadata', start: 32.1, end: 35.2 },
    { name: 'hostname', start: 35.4, end: 36.6 },
    { name: 'resolvers', start: 36.6, end: 37 },
    { name: 'ssh-host-keys', start: 37, end: 1677 },
    { name: 'zfs', start: 1677, end: 1677.1 },
  ],
  milliseconds: 1682,
  exit: 0,
};

/** The late stage of the same boot; its user-script failed. */
export const lateBoot: Report = {
  ...firstBoot,
  stages: ['late'],
  started: '2026-11-23T02:09:25.002Z',
  steps: [
    step('user-script', 12_300, {
      stage: 'late',
      result: 'failed',
      reason: '/var/svc/mdata-user-script: exit status 3; see /var/log/mdata-user-script.log',
      changes: [
        {
          kind: 'command',
          what: '/var/svc/mdata-user-script',
          why: 'the metadata holds the user-script',
          result: 'failed',
          reason: '/var/svc/mdata-user-script: exit status 3; see /var/log/mdata-user-script.log',
        },
      ],
    }),
  ],
  milliseconds: 12_345,
  exit: 1,
};

/** All that can go wrong, in one report. */
export const troubledBoot: Report = {
  ...firstBoot,
  invalid: [{ key: 'sdc:nics', reason: 'the second NIC has no usable MAC address ("02:08:20"), left out' }],
  warnings: ['/etc/lx-agent.ini, line 4: there is no setting `tiemout`; left out'],
  steps: [
    step('resolvers', 0.5, {
      result: 'kept',
      reason: '/etc/resolv.conf: edited by hand',
      changes: [
        {
          kind: 'file',
          what: '/etc/resolv.conf',
          why: 'metadata lists two resolvers',
          result: 'kept',
          reason: 'edited by hand',
        },
      ],
    }),
    step('user-data', 0.9, {
      result: 'failed',
      reason: 'cannot write /var/db/mdata-user-data: no space left on device',
      remedy: 'free some space (df -h /var), then lx-agent run user-data',
      changes: [],
    }),
    step('ssh-host-keys', 0.3, {
      result: 'failed',
      reason: 'ssh-keygen is not installed, so the host keys that are missing cannot be made',
      remedy: 'install it (openssh-client), then lx-agent run ssh-host-keys',
      changes: [],
    }),
    step('zfs', 0.1, {
      result: 'skipped',
      reason:
        'the instance has no delegated dataset, or the tool for it, /native/usr/sbin/zfs, is not there to ask',
    }),
  ],
  exit: 1,
};

/** The metadata service did not answer. */
export const muteBoot: Report = {
  ...firstBoot,
  hostname: undefined,
  instance: undefined,
  metadata: {
    status: 'unavailable',
    socket: '/native/.zonecontrol/metadata.sock',
    reason: 'connected, but no answer within 15 s',
    milliseconds: 15_004,
  },
  steps: [],
  milliseconds: 15_041,
  exit: 2,
};
