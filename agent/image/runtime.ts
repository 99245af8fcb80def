import { closeSync, openSync, readSync } from 'node:fs';
import type { ReadableRoot } from '../system/system.ts';
import { bytesIfPossible } from '../system/text-if-readable.ts';
import { type Elf, readElf } from './elf.ts';

/** The folder of the agent's own loader and libraries, for an image whose C library cannot run it. */
export const runtimeFolder = '/usr/lib/lx-agent/runtime';

/** The loader and the libraries that the program needs, under the names that it asks for. */
export const runtimeFiles = [
  'ld-linux-x86-64.so.2',
  'libc.so.6',
  'libm.so.6',
  'libdl.so.2',
  'libpthread.so.0',
  'libstdc++.so.6',
  'libgcc_s.so.1',
] as const;

export type RuntimeWish = 'auto' | 'private' | 'system';

/** Which C library runs the agent in an image, and why, as text for people. */
export interface RuntimeChoice {
  readonly runtime: 'private' | 'system';
  readonly reason: string;
}

/** Choose by the image's own files: does it have the loader, the libraries and the versions that the program needs? */
export function chooseRuntime(root: ReadableRoot, program: string, wish: RuntimeWish): RuntimeChoice {
  if (wish !== 'auto') return { runtime: wish, reason: `by --runtime ${wish}` };
  const lack = findLack(root, readProgram(program));
  return lack === undefined
    ? { runtime: 'system', reason: "the image's C library is new enough" }
    : { runtime: 'private', reason: lack };
}

/** The first thing that a program needs and the image does not have; undefined if nothing is missing. */
function findLack(root: ReadableRoot, { interpreter, requires }: Elf): string | undefined {
  if (interpreter === undefined) return undefined;
  if (!root.isExecutable(interpreter)) return `the image has no ${interpreter}`;
  const folders = libraryFolders(root);
  for (const [name, versions] of requires) {
    const library = findLibrary(root, folders, name);
    if (library === undefined) return `the image has no ${name}`;
    const missing = versions.find((version) => !library.provides.has(version));
    if (missing !== undefined) return `the image's ${name} has no ${missing}`;
  }
  return undefined;
}

function findLibrary(root: ReadableRoot, folders: readonly string[], name: string): Elf | undefined {
  for (const folder of folders) {
    // Skip a folder, a FIFO or a huge file with a library's name.
    const content = bytesIfPossible(root, `${folder}/${name}`);
    const library =
      content &&
      readElf((offset, length) => content.subarray(offset, Math.min(offset + length, content.length)));
    if (library !== undefined) return library;
  }
  return undefined;
}

/**
 * Where the image's loader looks for libraries, ld.so(8): its configuration, then the default folders of the
 * distributions.
 */
function libraryFolders(root: ReadableRoot): readonly string[] {
  const configured = [
    '/etc/ld.so.conf',
    ...root.list('/etc/ld.so.conf.d').map((name) => `/etc/ld.so.conf.d/${name}`),
  ]
    .flatMap((path) => bytesIfPossible(root, path)?.toString('utf8').split('\n') ?? [])
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line.startsWith('/'));
  const usual = [
    '/lib/x86_64-linux-gnu',
    '/usr/lib/x86_64-linux-gnu',
    '/lib64',
    '/usr/lib64',
    '/lib',
    '/usr/lib',
  ];
  return [...new Set([...configured, ...usual])];
}

/** Throws if the file is not a 64-bit x86 program. */
function readProgram(path: string): Elf {
  const descriptor = openSync(path, 'r');
  try {
    const elf = readElf((offset, length) => {
      const buffer = Buffer.alloc(length);
      return buffer.subarray(0, readSync(descriptor, buffer, 0, length, offset));
    });
    if (elf === undefined) throw new Error(`${path} is not a 64-bit x86 program`);
    return elf;
  } finally {
    closeSync(descriptor);
  }
}
