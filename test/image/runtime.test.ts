import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readElf } from '../../agent/image/elf.ts';
import { chooseRuntime } from '../../agent/image/runtime.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { elf } from '../support/elf.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const loader = '/lib64/ld-linux-x86-64.so.2';
const program = elf({
  interpreter: loader,
  requires: { 'libc.so.6': ['GLIBC_2.2.5', 'GLIBC_2.28'], 'libstdc++.so.6': ['GLIBCXX_3.4.21'] },
});
const modernLibc = elf({ provides: ['GLIBC_2.2.5', 'GLIBC_2.28', 'GLIBC_2.36'] });
const libstdcxx = elf({ provides: ['GLIBCXX_3.4', 'GLIBCXX_3.4.21'] });

/** An image with these libraries, and the program beside it. */
function choose(libraries: Readonly<Record<string, Buffer>>, configuration?: string) {
  const folder = temporaryRoot({ '/program/.keep': '', '/image/etc/.keep': '' });
  writeFileSync(join(folder, 'program/lx-agent'), program);
  for (const [path, content] of Object.entries(libraries)) {
    const target = join(folder, 'image', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    chmodSync(target, 0o755);
  }
  if (configuration !== undefined) writeFileSync(join(folder, 'image/etc/ld.so.conf'), configuration);
  return chooseRuntime(openRoot(join(folder, 'image')), join(folder, 'program/lx-agent'), 'auto');
}

describe('the C library for the agent', () => {
  it("is the image's where everything is there that the program needs", () => {
    const choice = choose({
      [loader]: modernLibc,
      '/lib/x86_64-linux-gnu/libc.so.6': modernLibc,
      '/usr/lib/x86_64-linux-gnu/libstdc++.so.6': libstdcxx,
    });
    expect(choice).toEqual({ runtime: 'system', reason: "the image's C library is new enough" });
  });

  it('is found where ld.so.conf says', () => {
    const choice = choose(
      { [loader]: modernLibc, '/lib64/libc.so.6': modernLibc, '/usr/lib/gcc/14/libstdc++.so.6': libstdcxx },
      '/usr/lib/gcc/14 # the compiler\n',
    );
    expect(choice.runtime).toBe('system');
  });

  it.each([
    ['no C library at all', {}, `the image has no ${loader}`],
    [
      'musl',
      { '/lib/ld-musl-x86_64.so.1': elf({}), '/lib/libc.so.6': elf({}) },
      `the image has no ${loader}`,
    ],
    [
      'a glibc before 2.28',
      { [loader]: modernLibc, '/lib64/libc.so.6': elf({ provides: ['GLIBC_2.2.5', 'GLIBC_2.12'] }) },
      "the image's libc.so.6 has no GLIBC_2.28",
    ],
    [
      'no libstdc++',
      { [loader]: modernLibc, '/lib64/libc.so.6': modernLibc },
      'the image has no libstdc++.so.6',
    ],
    [
      'a libc.so.6 that is none',
      { [loader]: modernLibc, '/lib64/libc.so.6': Buffer.from('#!/bin/sh\n') },
      'the image has no libc.so.6',
    ],
  ])('is private with %s', (_name, libraries, reason) => {
    expect(choose(libraries)).toEqual({ runtime: 'private', reason });
  });

  it('never fails on a damaged ELF file', () => {
    fc.assert(
      fc.property(fc.nat(program.length - 1), fc.nat(255), fc.nat(program.length), (at, byte, length) => {
        const damaged = Buffer.from(program.subarray(0, length));
        if (at < length) damaged[at] = byte;
        const read = readElf((offset, size) => damaged.subarray(offset, offset + size));
        expect(read === undefined || Array.isArray(read.needed)).toBe(true);
      }),
    );
  });
});
