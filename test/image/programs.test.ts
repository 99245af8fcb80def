import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { planPreparation, readImage } from '../../agent/image/prepare.ts';
import { rules } from '../../agent/image/rules/all.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

/** What check says of an image with these programs. */
function said(...programs: readonly string[]): readonly string[] {
  const path = temporaryRoot(Object.fromEntries(programs.map((program) => [program, ''])));
  for (const program of programs) chmodSync(join(path, program), 0o755);
  const plans = planPreparation(readImage(openRoot(path)), rules);
  return plans
    .filter(({ rule }) => rule.id === 'programs')
    .flatMap(({ undecided }) => undecided)
    .map((text) => text.replace(/:.*/, ''));
}

it('names the programs that an image lacks, before a boot needs them', () => {
  expect(said('/usr/bin/sh', '/usr/bin/hostname', '/usr/sbin/ip')).toEqual([]);
  expect(said('/bin/sh', '/bin/busybox')).toEqual([]);
  expect(said('/bin/sh')).toEqual(['there is no hostname, or BusyBox', 'there is no ip']);
  expect(said('/bin/sh', '/bin/busybox', '/usr/sbin/sshd')).toEqual(['there is no ssh-keygen']);
});

it('says nothing of a root that has no shell', () => {
  expect(said()).toEqual([]);
});
