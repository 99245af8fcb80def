import { getRawAsset, isSea } from 'node:sea';

/** A file that the built program carries as an asset; undefined when it carries none of that name, or is not built. */
export function carried(name: string): Buffer | undefined {
  if (!isSea()) return undefined;
  try {
    return Buffer.from(getRawAsset(name));
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      error.code === 'ERR_SINGLE_EXECUTABLE_APPLICATION_ASSET_NOT_FOUND'
    )
      return undefined;
    throw error;
  }
}
