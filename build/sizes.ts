import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { repository } from './bundle.ts';

/** How large a file is, in bytes: what it holds, what it takes on this machine's disk, and compressed. */
interface Sizes {
  readonly content: number;
  readonly onDisk: number;
  /** As ZFS compresses by default; undefined without lz4(1). */
  readonly lz4: number | undefined;
}

/** What a program takes, in bytes. */
export function sizesOf(path: string): Sizes {
  const { size, blocks } = statSync(path);
  return { content: size, onDisk: blocks * 512, lz4: sizeThrough('lz4', ['-c', path]) };
}

/** What it takes in a package, in bytes: a minute's work of xz(1). Undefined without that. */
export function packedSize(path: string): number | undefined {
  return sizeThrough('xz', ['-9', '-T1', '-c', path]);
}

/** Print the sizes of the built program. */
export function printSizes(path: string): void {
  const { content, onDisk, lz4 } = sizesOf(path);
  const lines = [
    ['content', content],
    ['on disk', onDisk],
    ['as lz4 compresses it', lz4],
  ] as const;
  for (const [what, bytes] of lines)
    console.log(
      `${relative(repository, path)}, ${what}: ${bytes === undefined ? 'not known; Debian has lz4 in the package lz4' : `${(bytes / 1e6).toFixed(1)} MB`}`,
    );
}

function sizeThrough(compressor: string, argv: readonly string[]): number | undefined {
  try {
    return execFileSync(compressor, argv, { maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] }).length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
