import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A file that is published, and the SHA-256 of its content in hexadecimal. */
export interface Digest {
  readonly name: string;
  readonly sha256: string;
}

/** The digests of all files below a folder, by their paths there. */
export function digestsOf(folder: string): readonly Digest[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted()
    .map((name) => ({
      name,
      sha256: createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    }));
}

/** The text that `sha256sum --check` reads. */
export function sumsText(digests: readonly Digest[]): string {
  return digests.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
}
