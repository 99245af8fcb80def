import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { missingTools } from '../../build/package/tools.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

it('names every tool that a machine lacks for making packages, and where Debian has it', () => {
  const root = temporaryRoot({ '/bin/dpkg-deb': '', '/bin/tar': '', '/bin/npm': '', '/bin/xz': '' });
  for (const name of ['dpkg-deb', 'tar', 'npm']) chmodSync(join(root, 'bin', name), 0o755);
  expect(missingTools(`${root}/none:${root}/bin`)).toEqual([
    { program: 'rpmbuild', from: 'rpm' },
    { program: 'xz', from: 'xz-utils' },
    { program: 'libdeflate-gzip', from: 'libdeflate-tools' },
  ]);
});
