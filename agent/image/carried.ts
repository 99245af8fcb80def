import { getRawAsset, isSea } from 'node:sea';

/**
 * A file that is embedded in the built program as an asset; undefined if there is none of that name, or if the program
 * is not built. What only an installation reads is embedded compressed, as `NAME.br`.
 */
export function carried(name: string): Buffer | undefined {
  if (!isSea()) return undefined;
  const compressed = asset(`${name}.br`);
  return compressed === undefined
    ? asset(name)
    : process.getBuiltinModule('node:zlib').brotliDecompressSync(compressed);
}

function asset(name: string): Buffer | undefined {
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
