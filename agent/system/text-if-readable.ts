import { RootError } from './root-error.ts';
import type { ReadableRoot } from './system.ts';

/**
 * The content of a file that a root may have in any form: undefined where it is missing, and where something is in its
 * place that holds no such text: a folder, a device, a loop of links, a file that is too large. Any other failure, an
 * input/output error for instance, is thrown: nobody knows then what the file says.
 */
export function bytesIfReadable(
  root: Pick<ReadableRoot, 'read'>,
  path: string,
  limit?: number,
): Buffer | undefined {
  try {
    return root.read(path, limit);
  } catch (error) {
    if (isSomethingElse(error)) return undefined;
    throw error;
  }
}

/** The content of a file for advice, which must cost nothing: undefined for whatever reason it cannot be read. */
export function bytesIfPossible(root: Pick<ReadableRoot, 'read'>, path: string): Buffer | undefined {
  try {
    return root.read(path);
  } catch (error) {
    if (error instanceof RootError) return undefined;
    throw error;
  }
}

/** The same as `bytesIfReadable`, as text. */
export function textIfReadable(
  root: Pick<ReadableRoot, 'read'>,
  path: string,
  limit?: number,
): string | undefined {
  return bytesIfReadable(root, path, limit)?.toString('utf8');
}

/** Whether a file operation failed because of what is at the path, and not because it could not be looked at. */
export function isSomethingElse(error: unknown): boolean {
  if (!(error instanceof RootError)) return false;
  return /^(EISDIR|ENOTDIR|ELOOP|ENXIO|not a regular file|larger than .*)$/.test(error.code);
}
