import { expect, test } from 'vitest';
import {
  categoriesAtBoot,
  compareVersions,
  decide,
  isPlace,
  type RootFacts,
} from '../../agent/before-init/decision.ts';

const carried = { version: '0.2.0 (abc)', place: '/native/usr/lib/lx-agent' };
const bare = { agent: undefined, place: undefined, prepared: undefined, done: [] } as const;
const done = categoriesAtBoot;
const root: RootFacts = { switchedOff: false, init: 'runit', manifest: bare, hasCommand: false };
const workFor = (facts: Partial<RootFacts>) => decide({ ...root, ...facts }, carried).work;
const laidDown = (agent: string, place = carried.place) => ({
  manifest: { ...bare, agent, place, done },
  hasCommand: true,
});
const installed = (agent: string) => ({ manifest: { ...bare, agent }, hasCommand: true });

test('a root without an agent gets what it needs, and so does one that lost the command', () => {
  expect(workFor({})).toBe('lay down, then early stage');
  expect(workFor({ ...laidDown('0.2.0 (abc)'), hasCommand: false })).toBe('lay down, then early stage');
});

test('a root that has what this agent laid down gets its early stage only', () => {
  expect(workFor(laidDown('0.2.0 (abc)'))).toBe('early stage');
});

test('a root in which something could not be prepared is tried again', () => {
  const manifest = { ...laidDown('0.2.0 (abc)').manifest, done: ['services', 'config'] } as const;
  expect(workFor({ manifest, hasCommand: true })).toBe('lay down, then early stage');
});

test('a newer agent replaces what an older one laid down, and an older agent leaves it', () => {
  expect(workFor(laidDown('0.1.9 (old)'))).toBe('lay down, then early stage');
  expect(workFor(laidDown('0.2.0 (another build)'))).toBe('lay down, then early stage');
  expect(workFor(laidDown('0.2.0 (abc)', '/native/opt/lx-agent'))).toBe('lay down, then early stage');
  expect(workFor(laidDown('0.10.0 (new)'))).toBe('early stage');
});

test("an image's own agent does the work itself, unless it is the older one", () => {
  expect(workFor(installed('0.2.0 (abc)'))).toBe('none');
  expect(workFor(installed('0.3.0 (new)'))).toBe('none');
  expect(workFor(installed('0.1.0 (old)'))).toBe('early stage');
});

test('a root whose init system was exchanged gets units for the new one, whichever agent laid down the old ones', () => {
  for (const agent of ['0.2.0 (abc)', '0.1.9 (old)', '0.10.0 (new)']) {
    const { manifest } = laidDown(agent);
    expect(workFor({ ...laidDown(agent), manifest: { ...manifest, init: 'systemd' } }), agent).toBe(
      'lay down, then early stage',
    );
  }
  const { manifest } = laidDown('0.2.0 (abc)');
  expect(workFor({ ...laidDown('0.2.0 (abc)'), manifest: { ...manifest, init: 'runit' } })).toBe(
    'early stage',
  );
});

test("an image's own agent that is installed for another init system gets its early stage done, and a warning", () => {
  const manifest = { ...bare, agent: '0.2.0 (abc)', init: 'systemd' } as const;
  expect(decide({ ...root, manifest, hasCommand: true }, carried)).toMatchObject({
    work: 'early stage',
    warning: expect.stringContaining('installed for systemd, and the init system is runit'),
  });
  expect(workFor({ manifest: { ...manifest, init: 'runit' }, hasCommand: true })).toBe('none');
});

test('a root that is switched off, and one without an init system, are left alone', () => {
  expect(workFor({ switchedOff: true })).toBe('none');
  expect(workFor({ init: undefined })).toBe('none');
});

test('versions are compared by their numbers', () => {
  expect(compareVersions('0.10.0', '0.9.9')).toBeGreaterThan(0);
  expect(compareVersions('1.0', '1.0.0 (abc)')).toBe(0);
  expect(compareVersions('0.1.0 (z)', '0.1.1 (a)')).toBeLessThan(0);
});

test('a place is an absolute path that a script can hold as it is', () => {
  expect(isPlace('/native/usr/lib/lx-agent')).toBe(true);
  for (const path of ['native/usr', '/', '/a b', '/a/../b', '/a;reboot', '/$HOME', '/a\n/b'])
    expect(isPlace(path), path).toBe(false);
});
