import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kernelBootId, markDoneBeforeInit } from '../../agent/system/boot-marks.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { plant, temporaryRoot } from '../support/temporary-root.ts';

const marksFolder = '/var/lib/lx-agent/before-init';
const [one, other] = ['1'.repeat(32), '2'.repeat(32)];

test('each boot has marks of its own, and those of earlier boots go', () => {
  const path = temporaryRoot();
  const root = openRoot(path);
  markDoneBeforeInit(root, ['early', 'late'], one);
  expect(readdirSync(join(path, marksFolder))).toEqual([`early-${one}`, `late-${one}`]);
  markDoneBeforeInit(root, ['early'], other);
  expect(readdirSync(join(path, marksFolder))).toEqual([`early-${other}`]);
});

test('a mark is an empty file, and one that this boot has already stays as it is', () => {
  const path = temporaryRoot();
  const root = openRoot(path);
  const mark = join(path, marksFolder, `early-${one}`);
  markDoneBeforeInit(root, ['early'], one);
  utimesSync(mark, 1, 1);
  markDoneBeforeInit(root, ['early', 'late'], one);
  expect(statSync(mark)).toMatchObject({ size: 0, mtimeMs: 1000 });
});

test('where no stage was ever done before init, there is no folder for marks', () => {
  const path = temporaryRoot();
  markDoneBeforeInit(openRoot(path), [], one);
  expect(readdirSync(path)).toEqual([]);
});

test('a boot in which nothing was done leaves no mark', () => {
  const path = temporaryRoot();
  const root = openRoot(path);
  markDoneBeforeInit(root, ['early'], one);
  markDoneBeforeInit(root, [], other);
  expect(readdirSync(join(path, marksFolder))).toEqual([]);
});

test("the kernel's boot id is told without its hyphens, and not at all where it is none", () => {
  const proc = temporaryRoot();
  expect(kernelBootId(proc)).toBeUndefined();
  plant(proc, { '/sys/kernel/random/boot_id': '6b1f2c2e-9d3a-4c57-8f0e-2a7d5b9c1e40\n' });
  expect(kernelBootId(proc)).toBe('6b1f2c2e9d3a4c578f0e2a7d5b9c1e40');
  plant(proc, { '/sys/kernel/random/boot_id': '../../etc\n' });
  expect(kernelBootId(proc)).toBeUndefined();
});

test.each([
  ['a digit too many at its start', `0${one}`],
  ['words after it', `${one} and more`],
  ['a digit too few', one.slice(1)],
])('a boot id with %s is none', (_, text) => {
  expect(kernelBootId(temporaryRoot({ '/sys/kernel/random/boot_id': text }))).toBeUndefined();
});

test('a boot id that cannot be read for an unexpected reason is an error, not a kernel without one', () => {
  expect(() => kernelBootId(temporaryRoot({ '/sys/kernel/random/boot_id': null }))).toThrow('EISDIR');
});
