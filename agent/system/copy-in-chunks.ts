import { closeSync, fchmodSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { chunkSize } from './atomic-write.ts';

/**
 * Copy a large program in small writes. A file that was written in one piece lies in the page cache in large folios,
 * and the kernel then maps far more of the program than it touches: 57 in place of 41 MiB resident, measured.
 */
export function copyInChunks(from: string, to: string, mode: number): void {
  const source = openSync(from, 'r');
  const target = openSync(to, 'w', 0o600);
  try {
    fillFrom(source, target);
    fchmodSync(target, mode);
    fsyncSync(target);
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

/** Append all of an open file to another, a chunk at a time. */
function fillFrom(source: number, target: number): void {
  const buffer = Buffer.allocUnsafe(chunkSize);
  for (let length = readSync(source, buffer); length > 0; length = readSync(source, buffer)) {
    for (let written = 0; written < length; ) written += writeSync(target, buffer, written, length - written);
  }
}
