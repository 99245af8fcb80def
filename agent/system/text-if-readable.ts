import { RootError } from './root-error.ts';
import type { ReadableRoot } from './system.ts';

/**
 * The content of a file that is only a hint, and that a root may have in any form: undefined where it is missing, and
 * where it cannot be read (a folder, a device, a file that is too large, an input/output error).
 */
export function bytesIfReadable(
  root: Pick<ReadableRoot, 'read'>,
  path: string,
  limit?: number,
): Buffer | undefined {
  try {
    return root.read(path, limit);
  } catch (error) {
    if (error instanceof RootError) return undefined;
    throw error;
  }
}

/** The same as text. */
export function textIfReadable(
  root: Pick<ReadableRoot, 'read'>,
  path: string,
  limit?: number,
): string | undefined {
  return bytesIfReadable(root, path, limit)?.toString('utf8');
}
