import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
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

/** Put all of an open file into another, empty one, a chunk at a time; chunks of zeros stay holes, and are never read. */
export function fillFrom(source: number, target: number): void {
  const buffer = Buffer.allocUnsafe(chunkSize);
  const zeros = Buffer.alloc(chunkSize);
  let at = 0;
  for (let length = readSync(source, buffer); length > 0; length = readSync(source, buffer)) {
    const isHole = buffer.subarray(0, length).equals(zeros.subarray(0, length));
    for (let written = isHole ? length : 0; written < length; )
      written += writeSync(target, buffer, written, length - written, at + written);
    at += length;
  }
  ftruncateSync(target, at);
}

/** Whether two files hold the same bytes, compared a chunk at a time. */
export function haveSameContent(one: string, other: string): boolean {
  const left = openSync(one, 'r');
  try {
    const right = openSync(other, 'r');
    try {
      if (fstatSync(left).size !== fstatSync(right).size) return false;
      const leftChunk = Buffer.allocUnsafe(chunkSize);
      const rightChunk = Buffer.allocUnsafe(chunkSize);
      for (;;) {
        const length = readSync(left, leftChunk);
        if (readSync(right, rightChunk) !== length) return false;
        if (length === 0) return true;
        if (!leftChunk.subarray(0, length).equals(rightChunk.subarray(0, length))) return false;
      }
    } finally {
      closeSync(right);
    }
  } finally {
    closeSync(left);
  }
}
