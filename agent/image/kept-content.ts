import type { Root } from '../system/root.ts';

/** A folder of file contents that an undo needs. Each file is named by its SHA-256. */
export interface KeptContent {
  readonly folder: string;
  /** The path of a kept content. The file may be gone. */
  at(hash: string): string;
  /** Keep the content of a file in the root, of any size, or content that is about to be written. */
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
