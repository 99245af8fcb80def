import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { imageCommand } from '../support/image.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

/** The head of an ELF file for a machine, by elf(5). */
function program(machine: number, bigEndian = false): Buffer {
  const head = Buffer.alloc(64);
  head.write('\x7fELF', 'latin1');
  head[5] = bigEndian ? 2 : 1;
  if (bigEndian) head.writeUInt16BE(machine, 18);
  else head.writeUInt16LE(machine, 18);
  return head;
}

function rootOf(shell: Buffer): string {
  const root = temporaryRoot({ ...debianSystemd, '/usr/bin/env': '' });
  writeFileSync(join(root, 'usr/bin/env'), shell);
  return root;
}

it.each([
  ['aarch64', program(183)],
  ['s390x', program(22, true)],
  ['machine 999', program(999)],
])('an image for %s is refused, and not touched', async (name, shell) => {
  const root = rootOf(shell);
  const before = snapshot(root);
  await expect(imageCommand(['install', '--root', root])).rejects.toThrow(`is an image for ${name} (`);
  expect(snapshot(root)).toEqual(before);
});

it.each([
  ['x86_64', program(62)],
  ['i386', program(3)],
  ['a script', Buffer.from('#!/bin/sh\n')],
])('an image whose programs are %s is taken', async (_name, shell) => {
  expect((await imageCommand(['install', '--root', rootOf(shell)])).exit).toBe(0);
});

it('an image in which a program is a folder is taken', async () => {
  const root = temporaryRoot({ ...debianSystemd, '/usr/bin/env/occupied': '' });
  expect((await imageCommand(['install', '--root', root])).exit).toBe(0);
});
