import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import type { Instance } from '../../agent/metadata/instance.ts';
import { isLateStageIdle } from '../../agent/steps/late-stage-idle.ts';
import { steps } from '../../agent/steps/order.ts';
import { emptyState } from '../../agent/system/state.ts';
import type { System } from '../../agent/system/system.ts';
import { plant, type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { instanceWith, ranIn, systemAt } from './fixture.ts';

const lateSteps = steps.filter(({ stage }) => stage === 'late');
const idle = (instance: Instance, known: Partial<System> = {}, tree: Tree = {}) =>
  isLateStageIdle(lateSteps, instance, systemAt(rootWith(tree), known));

/** A root with these files, all executable. */
function rootWith(tree: Tree): string {
  const root = temporaryRoot();
  plant(root, tree);
  for (const path of Object.keys(tree)) chmodSync(join(root, path), 0o755);
  return root;
}

const script = { from: 'metadata', body: Buffer.from('#!/bin/sh\n') } as const;
const { routes } = decodeInstance(
  new Map([
    [
      'sdc:routes',
      { status: 'found', value: Buffer.from('[{"dst":"203.0.113.0/24","gateway":"192.0.2.254"}]') },
    ],
  ]),
);
const hook = { '/etc/lx-agent/late.d/10-mine': '#!/bin/sh\n' };

test('an instance without script, routes and hooks has nothing for the late stage', () => {
  expect(idle(instanceWith())).toBe(true);
  expect(idle(instanceWith({ routes: [] }))).toBe(true);
});

test('a user-script, a route or a late hook has to wait for it', () => {
  expect(idle(instanceWith({ userScript: script }))).toBe(false);
  expect(routes).toHaveLength(1);
  expect(idle(instanceWith({ routes }))).toBe(false);
  expect(idle(instanceWith(), {}, hook)).toBe(false);
});

test('routes of a Docker container are the business of the platform', () => {
  expect(idle(instanceWith({ routes, docker: true }))).toBe(true);
});

test('a step that is switched off waits for nothing', () => {
  const { configuration } = systemAt(temporaryRoot());
  const off = { configuration: { ...configuration, stepsOff: new Set(['user-script']) } };
  expect(idle(instanceWith({ userScript: script }), off)).toBe(true);
});

test('after a script of this boot the late stage looks for itself, for the script may have left it work', () => {
  const after = (boot: string) => ({
    state: { ...emptyState, scripts: { 'operator-script': ranIn(boot) } },
  });
  expect(idle(instanceWith(), after('this boot'))).toBe(false);
  expect(idle(instanceWith(), after('the one before'))).toBe(true);
});

test('mounting datasets, which every zone does, leaves it no work', () => {
  const scripts = { 'zfs-mounts': ranIn('this boot') };
  expect(idle(instanceWith(), { state: { ...emptyState, scripts } })).toBe(true);
});

test('metadata that could not be used leaves it to the late stage', () => {
  const invalid = [{ key: 'user-script', reason: 'the metadata server answered FAILURE' }] as const;
  expect(idle(instanceWith({ invalid }))).toBe(false);
});

test('a late step that cannot tell is one that waits', () => {
  const [first] = lateSteps;
  if (first === undefined) throw new Error('there are no late steps');
  const { waits: _, ...step } = first;
  expect(isLateStageIdle([step], instanceWith(), systemAt(temporaryRoot()))).toBe(false);
});
