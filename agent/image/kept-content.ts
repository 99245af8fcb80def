import type { Root } from '../system/root.ts';

/** A folder of contents, each under its SHA-256: what undoing needs. */
export interface KeptContent {
  readonly folder: string;
  /** Where a content is kept; the file may be gone. */
  at(hash: string): string;
  /** Keep the content of a file in the root, whatever its size, or one that is about to be written. */
  keep(root: Root, hash: string, from: { readonly path: string } | Buffer): void;
}

export function keptContentIn(folder: string): KeptContent {
  const at = (hash: string) => `${folder}/${hash}`;
  return {
    folder,
    at,
    keep: (root, hash, from) => {
      if (root.entry(at(hash)) !== undefined) return;
      root.makeDirectory(folder, { mode: 0o700 });
      if (Buffer.isBuffer(from)) root.write(at(hash), from, { mode: 0o600 });
      else root.copy(root.outside(from.path), at(hash), { mode: 0o600 });
    },
  };
}
