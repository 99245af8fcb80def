import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { chunkSize } from './atomic-write.ts';
import { crypto } from './crypto.ts';

/**
 * SHA-256 of a regular file, in hexadecimal, read one chunk at a time: a file of any size costs the same memory.
 * Undefined when the path names something else. A symbolic link is not followed. Throws the error of the system.
 */
export function fileDigest(path: string): string | undefined {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    if (!fstatSync(descriptor).isFile()) return undefined;
    const hash = crypto().createHash('sha256');
    const buffer = Buffer.allocUnsafe(chunkSize);
    for (let length = readSync(descriptor, buffer); length > 0; length = readSync(descriptor, buffer))
      hash.update(buffer.subarray(0, length));
    return hash.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}
