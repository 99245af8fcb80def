import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settle } from '../../agent/change/settle.ts';
import { provision } from '../../agent/steps/provision.ts';
import { userData } from '../../agent/steps/user-data.ts';
import { zfsMounts } from '../../agent/steps/zfs-mounts.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { changesOf, instanceWith, liveRoot, ranIn, systemAt } from './fixture.ts';

describe('the provision state', () => {
  test.each([
    ['while the host waits, one rename', { '/var/svc/provisioning': '' }, 'wanted'],
    ['later on, nothing', { '/var/svc/provision_success': '' }, 'unchanged'],
    ['in an image without /var/svc, nothing', {}, 'unchanged'],
  ])('%s', async (_, tree, result) => {
    const root = temporaryRoot(tree);
    const changes = await changesOf(provision, instanceWith(), systemAt(root));
    expect(changes).toMatchObject([
      { kind: 'rename', from: '/var/svc/provisioning', to: '/var/svc/provision_success' },
    ]);
    expect(settle(changes, openRoot(root), emptyState)).toMatchObject([{ result }]);
  });
});

describe('user-data', () => {
  const path = '/var/db/mdata-user-data';

  test('is kept for root alone, byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 10, 13]);
    const changes = await changesOf(userData, instanceWith({ userData: bytes }), systemAt(temporaryRoot()));
    expect(changes.at(-1)).toMatchObject({
      path,
      content: bytes,
      mode: 0o600,
      claim: 'always',
      secret: true,
    });
  });

  test('goes when the key does, whoever made the file', async () => {
    const root = temporaryRoot({ [path]: 'of the image' });
    const changes = await changesOf(userData, instanceWith(), systemAt(root));
    expect(settle(changes, openRoot(root), emptyState)).toMatchObject([
      { result: 'wanted', change: { kind: 'absent', path } },
    ]);
  });

  test('stays as it is when the key could not be used', async () => {
    const invalid = [{ key: 'user-data', reason: 'the server failed' }];
    const plan = await userData.plan(instanceWith({ invalid }), systemAt(temporaryRoot({ [path]: 'last' })));
    expect(plan).toEqual({ skip: 'user-data could not be used: the server failed' });
  });
});

describe('delegated datasets', () => {
  const zfs = '/native/usr/sbin/zfs';

  function withZfs(): string {
    const root = temporaryRoot({ [zfs]: '#!/bin/sh\n' });
    mkdirSync(join(root, 'native'), { recursive: true });
    chmodSync(join(root, zfs), 0o755);
    return root;
  }

  test('are mounted on the running system only, and where the platform has the tool', async () => {
    expect(await zfsMounts.plan(instanceWith(), systemAt(withZfs()))).toHaveProperty('skip');
    const without = systemAt('/', { root: liveRoot(temporaryRoot()) });
    expect(await zfsMounts.plan(instanceWith(), without)).toEqual({ skip: `there is no ${zfs}` });
  });

  test('are mounted once in each boot', async () => {
    const root = liveRoot(withZfs());
    const state = { ...emptyState, scripts: { 'zfs-mounts': ranIn('this boot') } };
    expect(await changesOf(zfsMounts, instanceWith(), systemAt('/', { root }))).toMatchObject([
      { kind: 'command', argv: [zfs, 'mount', '-va'], script: 'zfs-mounts' },
    ]);
    expect(await changesOf(zfsMounts, instanceWith(), systemAt('/', { root, state }))).toEqual([]);
    expect(
      await changesOf(zfsMounts, instanceWith(), systemAt('/', { root, state, boot: 'the next' })),
    ).toHaveLength(1);
  });
});
