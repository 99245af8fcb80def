import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootIdentity } from '../../agent/system/boot.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

function proc(files: { bootId?: string; btime?: string; name?: string; started?: string }): string {
  const path = temporaryRoot();
  mkdirSync(join(path, '1'));
  mkdirSync(join(path, 'sys/kernel/random'), { recursive: true });
  if (files.bootId !== undefined) writeFileSync(join(path, 'sys/kernel/random/boot_id'), `${files.bootId}\n`);
  writeFileSync(
    join(path, 'stat'),
    `cpu 1 2 3\nintr 5 0\n${files.btime === undefined ? '' : `btime ${files.btime}\n`}`,
  );
  if (files.started !== undefined) {
    const middle = Array.from({ length: 18 }, (_, index) => index).join(' ');
    writeFileSync(
      join(path, '1/stat'),
      `1 (${files.name ?? 'init'}) S ${middle} ${files.started} 49709056 4385\n`,
    );
  }
  return path;
}

test('this machine tells the same boot twice', () => {
  expect(bootIdentity()).toBe(bootIdentity());
  expect(bootIdentity()).toMatch(/^[0-9a-f-]+-\d+$/);
});

test('the boot id of the kernel and the start of PID 1', () => {
  expect(bootIdentity(proc({ bootId: 'b1', btime: '170', started: '24' }))).toBe('b1-24');
});

test('the boot time where there is no boot id', () => {
  expect(bootIdentity(proc({ btime: '1700000000', started: '24' }))).toBe('1700000000-24');
});

test('two boots of a container on one kernel differ', () => {
  expect(bootIdentity(proc({ bootId: 'b1', started: '24' }))).not.toBe(
    bootIdentity(proc({ bootId: 'b1', started: '99' })),
  );
});

test('unknown where /proc does not say, or is not mounted', () => {
  expect(bootIdentity(proc({ bootId: 'b1' }))).toBeUndefined();
  expect(bootIdentity(proc({ started: '24' }))).toBeUndefined();
  expect(bootIdentity('/no/such/folder')).toBeUndefined();
});

test.each([
  ['a line whose name only ends so', 'softbtime 5'],
  ['a line with more than a number', 'btime 5 or so'],
])('%s is not the boot time', (_, line) => {
  const path = proc({ btime: '1700000000', started: '24' });
  writeFileSync(join(path, 'stat'), `${line}\nbtime 1700000000\n`);
  expect(bootIdentity(path)).toBe('1700000000-24');
});

test('a /proc that cannot be read for an unexpected reason is an error, not one that says nothing', () => {
  const path = proc({ started: '24' });
  mkdirSync(join(path, 'sys/kernel/random/boot_id'));
  expect(() => bootIdentity(path)).toThrow('EISDIR');
});

test('leaves no file open', () => {
  const path = proc({ bootId: 'b1', started: '24' });
  const before = readdirSync('/proc/self/fd').length;
  for (let round = 0; round < 10; round++) bootIdentity(path);
  expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 10);
});

test('whatever the name of PID 1, its start is found', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 15 }), fc.nat(), (name, started) => {
      expect(bootIdentity(proc({ bootId: 'b', name, started: String(started) }))).toBe(`b-${started}`);
    }),
    { numRuns: 40 },
  );
});
