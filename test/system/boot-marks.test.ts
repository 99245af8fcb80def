import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kernelBootId, markDoneBeforeInit, markLateStage } from '../../agent/system/boot-marks.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import type { Root } from '../../agent/system/root.ts';
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

test('without being told where, the boot id is that of the running kernel', () => {
  const id = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
  expect(kernelBootId()).toBe(id.trim().replaceAll('-', ''));
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

/** The units of every init system name this path. */
const lateMark = '/run/lx-agent-late.idle';

/** A root whose /run is on the kind of file system that a folder of this machine is on. */
function rootLike(folder: string): Root {
  return { ...openRoot(temporaryRoot({ '/run': null })), outside: () => folder };
}

describe('the mark of a boot without late work', () => {
  test('is left on a tmpfs, which the next boot has anew, and taken away when there is work', () => {
    const root = rootLike('/dev/shm');
    markLateStage(root, true);
    expect(root.entry(lateMark)).toMatchObject({ kind: 'file', mode: 0o644, size: 0 });
    markLateStage(root, true);
    markLateStage(root, false);
    expect(root.list('/run')).toEqual([]);
  });

  test('is not written again where this boot has it', () => {
    const root = rootLike('/dev/shm');
    markLateStage(root, true);
    const writes: string[] = [];
    markLateStage({ ...root, write: (path) => void writes.push(path) }, true);
    expect(writes).toEqual([]);
    expect(root.entry(lateMark)).toBeDefined();
  });

  test('is not left where it would come into the next boot', () => {
    const root = rootLike('/proc');
    markLateStage(root, true);
    expect(root.list('/run')).toEqual([]);
  });

  test('is not left where there is no /run', () => {
    const root = openRoot(temporaryRoot());
    markLateStage(root, true);
    expect(root.list('/run')).toEqual([]);
  });
});
