import { execFileSync } from 'node:child_process';

/** A key, and the program that signs with it: a name in gpg's keyring, or the path of a secret key of minisign. */
export interface Key {
  readonly program: 'gpg' | 'minisign';
  readonly key: string;
}

/**
 * Write a detached signature beside a file, and give its path. The program may ask for the key's password. Throws when
 * it is not there (Debian packages gnupg and minisign) or refuses.
 */
export function sign(path: string, { program, key }: Key): string {
  const [signature, args] =
    program === 'gpg'
      ? [
          `${path}.asc`,
          ['--yes', '--local-user', key, '--armor', '--detach-sign', '--output', `${path}.asc`, path],
        ]
      : [`${path}.minisig`, ['-S', '-s', key, '-m', path, '-x', `${path}.minisig`]];
  execFileSync(program, args, { stdio: 'inherit' });
  return signature;
}
