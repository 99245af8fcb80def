import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { earlyHooks, hookEnvironment, lateHooks } from '../../agent/steps/hooks.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { runProgram } from '../../agent/system/process.ts';
import type { Root } from '../../agent/system/root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { plant, type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { changesOf, instanceWith, ranIn, systemAt, uuid } from './fixture.ts';

const folder = '/etc/lx-agent/early.d';
const instance = instanceWith({
  uuid: uuid('11111111-2222-4333-8444-555555555555'),
  alias: 'web "1"',
  datacenterName: 'eu-1',
  ownerUuid: uuid('21111111-2222-4333-8444-555555555555'),
  imageUuid: uuid('31111111-2222-4333-8444-555555555555'),
  packageName: 'a\0b',
  maxPhysicalMemory: '1024',
  userData: Buffer.from('hush'),
  userScript: { from: 'metadata', body: Buffer.from('hush') },
});

function hookRoot(hooks: Tree): string {
  const root = temporaryRoot({ [folder]: null });
  chmodSync(join(root, folder), 0o755);
  for (const [name, content] of Object.entries(hooks)) {
    plant(root, { [`${folder}/${name}`]: content });
    if (content?.startsWith('#!')) chmodSync(join(root, folder, name), 0o755);
  }
  return root;
}

test('without hooks the step is skipped', () => {
  expect(lateHooks.plan(instance, systemAt(temporaryRoot()))).toEqual({
    skip: 'there are no hooks in /etc/lx-agent/late.d',
  });
});

test('executables run in the order of their names; leftovers and other files do not', async () => {
  const root = hookRoot({
    '20-second': '#!/bin/sh\n',
    '10-first': '#!/bin/sh\n',
    '10-first.rpmsave': '#!/bin/sh\n',
    '10-first~': '#!/bin/sh\n',
    '.hidden': '#!/bin/sh\n',
    README: 'read me',
  });
  const changes = await changesOf(earlyHooks, instance, systemAt(root));
  expect(changes).toMatchObject([
    { kind: 'command', argv: [`${folder}/10-first`], deadline: 30, script: 'early.d/10-first' },
    { kind: 'command', argv: [`${folder}/20-second`], deadline: 30, script: 'early.d/20-second' },
  ]);
});

test('each runs once in a boot, unless the operator names the step', async () => {
  const root = hookRoot({ '10-first': '#!/bin/sh\n', '20-second': '#!/bin/sh\n' });
  const state = { ...emptyState, scripts: { 'early.d/10-first': ranIn('this boot') } };
  const again = (named: string[]) =>
    changesOf(earlyHooks, instance, systemAt(root, { state, named: new Set(named) }));
  expect(await again([])).toMatchObject([{ script: 'early.d/20-second' }]);
  expect(await again(['early-hooks'])).toHaveLength(2);
});

describe('what others could have written is refused, and nothing is run', () => {
  test('a hook that is writable by others', () => {
    const root = hookRoot({ '10-bad': '#!/bin/sh\n', '20-good': '#!/bin/sh\n' });
    chmodSync(join(root, folder, '10-bad'), 0o777);
    expect(() => earlyHooks.plan(instance, systemAt(root))).toThrow(`chmod go-w ${folder}/10-bad`);
  });

  test('a folder that is writable by others', () => {
    const root = hookRoot({ '10-good': '#!/bin/sh\n' });
    chmodSync(join(root, folder), 0o775);
    expect(() => earlyHooks.plan(instance, systemAt(root))).toThrow(`chmod go-w ${folder}`);
  });

  test('a link', () => {
    const root = hookRoot({ target: '#!/bin/sh\n', '10-link': '-> target' });
    expect(() => earlyHooks.plan(instance, systemAt(root))).toThrow(`${folder}/10-link is a link`);
  });

  test('a hook of another user', () => {
    const path = hookRoot({ '10-bad': '#!/bin/sh\n' });
    const root = openRoot(path);
    const stranger = (process.geteuid?.() ?? 0) + 1;
    const entry: Root['entry'] = (at) => {
      const found = root.entry(at);
      return found && { ...found, uid: stranger };
    };
    const system = systemAt(path, { root: { ...root, entry } });
    expect(() => earlyHooks.plan(instance, system)).toThrow(`belongs to user ${stranger}: chown root`);
  });
});

test('a hook sees the facts of its instance, and no secret', async () => {
  const root = hookRoot({ '10-first': '#!/bin/sh\nexec /usr/bin/env\n' });
  const system = systemAt(root);
  const environment = hookEnvironment(instance, system, 'early');
  expect(JSON.stringify(environment)).not.toContain('hush');
  const { tail, status } = await runProgram({
    argv: [join(root, folder, '10-first')],
    deadline: 30,
    environment,
  });
  expect(status).toBe(0);
  const lines = tail.split('\n').filter((line) => line.startsWith('LX_'));
  expect(lines.sort()).toEqual([
    'LX_ALIAS=web "1"',
    'LX_DATACENTER_NAME=eu-1',
    'LX_DISTRIBUTION=debian',
    'LX_DISTRIBUTION_VERSION=12',
    'LX_IMAGE_UUID=31111111-2222-4333-8444-555555555555',
    'LX_INIT=systemd',
    'LX_INSTANCE=11111111-2222-4333-8444-555555555555',
    'LX_MAX_PHYSICAL_MEMORY=1024',
    'LX_OWNER_UUID=21111111-2222-4333-8444-555555555555',
    'LX_STAGE=early',
  ]);
  expect(readFileSync(join(root, folder, '10-first'), 'utf8')).toContain('env');
});
