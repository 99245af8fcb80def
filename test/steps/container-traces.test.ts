import { describe, expect, it } from 'vitest';
import { settle } from '../../agent/change/settle.ts';
import { containerTraces } from '../../agent/steps/container-traces.ts';
import { hostname } from '../../agent/steps/hostname.ts';
import { machineId } from '../../agent/steps/machine-id.ts';
import { resolver } from '../../agent/steps/resolver.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { files, planned, scratchSystem } from '../support/scratch-system.ts';
import { sound } from '../support/tampered.ts';

const values = {
  'sdc:uuid': sound['sdc:uuid'] ?? '',
  'sdc:hostname': 'web-1',
  'sdc:resolvers': '["192.0.2.1"]',
};
const dockerPolicy =
  '#!/bin/sh\n\n# For most Docker users, "apt-get install" only happens during "docker build".\nexit 101\n';

/** What `docker export` gives: files that Docker mounted its own over are empty, and its mark is back. */
const exported = {
  '/.dockerenv': '',
  '/etc/hosts': '',
  '/etc/hostname': '',
  '/etc/resolv.conf': '',
  '/etc/mtab': '-> /proc/mounts',
  '/etc/machine-id': '',
  '/usr/sbin/policy-rc.d': dockerPolicy,
};

it('takes away what an export from Docker has brought back', async () => {
  expect(await planned(containerTraces, values, scratchSystem(exported))).toMatchObject([
    { kind: 'absent', path: '/.dockerenv' },
    { kind: 'absent', path: '/usr/sbin/policy-rc.d' },
  ]);
});

it('leaves all of it in a Docker container', async () => {
  expect(await planned(containerTraces, { ...values, 'docker:id': 'ab12' }, scratchSystem(exported))).toEqual(
    [],
  );
});

it('changes nothing in a root that came from no container', async () => {
  const tree = { '/etc/mtab': '-> ../proc/self/mounts', '/etc/hosts': '127.0.0.1 localhost\n' };
  expect(await planned(containerTraces, values, scratchSystem(tree))).toEqual([]);
});

it.each([
  ['missing', {}],
  ['the empty mount point of a build', { '/etc/mtab': '' }],
])('makes /etc/mtab where it is %s', async (_name, tree) => {
  expect(await planned(containerTraces, values, scratchSystem(tree))).toMatchObject([
    { kind: 'link', path: '/etc/mtab', target: '../proc/self/mounts' },
  ]);
});

it("leaves /etc/mtab to Upstart's mountall, which writes it", async () => {
  expect(await planned(containerTraces, values, scratchSystem({}, { init: 'upstart' }))).toEqual([]);
});

it.each([
  ['of an administrator', '#!/bin/sh\n# nothing starts before the change window\nexit 101\n'],
  ['that decides by service', '#!/bin/sh\n# in a container\ncase $1 in ssh) exit 0;; esac\nexit 1\n'],
])('keeps a policy-rc.d %s', async (_name, text) => {
  const tree = { '/etc/mtab': '-> ../proc/self/mounts', '/usr/sbin/policy-rc.d': text };
  expect(await planned(containerTraces, values, scratchSystem(tree))).toEqual([]);
});

describe('the empty files of an export are filled by the steps that they belong to', () => {
  it('/etc/hosts gets localhost and the name', async () => {
    expect(files(await planned(hostname, values, scratchSystem(exported)))).toMatchObject({
      '/etc/hosts': '127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\tweb-1\n',
      '/etc/hostname': 'web-1\n',
    });
  });

  it.each([
    [
      'has only other names',
      '192.0.2.9\tdb\n',
      '192.0.2.9\tdb\n127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\tweb-1\n',
    ],
    [
      'names localhost for one address',
      '::1 localhost ip6-localhost\n',
      '::1 localhost ip6-localhost\n127.0.1.1\tweb-1\n',
    ],
    [
      'mentions it in a comment',
      '# localhost\n',
      '# localhost\n127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\tweb-1\n',
    ],
  ])('/etc/hosts that %s', async (_name, before, after) => {
    const changes = await planned(hostname, values, scratchSystem({ '/etc/hosts': before }));
    expect(files(changes)['/etc/hosts']).toBe(after);
    expect(files(await planned(hostname, values, scratchSystem({ '/etc/hosts': after })))['/etc/hosts']).toBe(
      after,
    );
  });

  it('resolv.conf and machine-id', async () => {
    const system = scratchSystem(exported);
    expect(files(await planned(resolver, values, system))['/etc/resolv.conf']).toContain(
      'nameserver 192.0.2.1',
    );
    expect(files(await planned(machineId, values, system))['/etc/machine-id']).toMatch(/^[0-9a-f]{32}\n$/);
    const changes = [
      ...(await planned(hostname, values, system)),
      ...(await planned(resolver, values, system)),
      ...(await planned(machineId, values, system)),
    ];
    const results = settle(changes, openRoot(system.root.path), emptyState).map(({ result }) => result);
    expect(results.filter((result) => result === 'kept' || result === 'failed')).toEqual([]);
  });
});
