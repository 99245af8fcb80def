import { parseArgs } from 'node:util';
import type { Key } from './sign.ts';

export interface ReleaseOptions {
  /** What signs the checksums; without one they stay unsigned. */
  readonly key?: Key;
  /** Whether the boot tests run too (root only). */
  readonly boot: boolean;
  /** Whether a commit without the version's tag will do: a rehearsal. */
  readonly untagged: boolean;
}

export const usage = `usage: npm run release -- [--gpg KEY | --minisign FILE] [--no-boot] [--untagged]

  --gpg KEY        sign SHA256SUMS with this key of gpg's keyring
  --minisign FILE  sign SHA256SUMS with this secret key of minisign
  --no-boot        leave out the boot tests, which need root
  --untagged       accept a commit without the tag of its version: a rehearsal
`;

/** Read the command line. A fault is a sentence for whoever typed it. */
export function readReleaseOptions(args: readonly string[]): ReleaseOptions | { fault: string } | 'help' {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        gpg: { type: 'string' },
        minisign: { type: 'string' },
        'no-boot': { type: 'boolean', default: false },
        untagged: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    if (values.gpg !== undefined && values.minisign !== undefined)
      return { fault: 'give one key, --gpg or --minisign' };
    const key: Key | undefined =
      values.gpg !== undefined
        ? { program: 'gpg', key: values.gpg }
        : values.minisign !== undefined
          ? { program: 'minisign', key: values.minisign }
          : undefined;
    return { ...(key && { key }), boot: !values['no-boot'], untagged: values.untagged };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
