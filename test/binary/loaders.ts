import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { ending, type Launch } from './zone.ts';

/** Names for `describe.each`: what starts the program. */
export const loaders = ['the C library of the system', 'the private C library'] as const;

/**
 * How a loader starts the program, for the tests of the suite that calls this. The private C library is the one that
 * `image install` lays into an image.
 */
export function startedBy(loader: (typeof loaders)[number]): () => Launch {
  if (loader === 'the C library of the system') return () => [agentBinary];
  let image: string;
  beforeAll(async () => {
    image = mkdtempSync(join(tmpdir(), 'lx-agent-loader-'));
    writeFileSync(join(image, 'an image'), '');
    const { status, stderr } = await ending([
      'image',
      'install',
      '--root',
      image,
      '--runtime',
      'private',
      '--without-init',
    ]);
    if (status !== 0) throw new Error(`the private runtime could not be laid down: ${stderr}`);
  });
  afterAll(() => rmSync(image, { recursive: true, force: true }));
  return () => {
    const installed = join(image, 'usr/lib/lx-agent');
    const libraries = join(installed, 'runtime');
    const linker = join(libraries, 'ld-linux-x86-64.so.2');
    return [linker, '--library-path', libraries, join(installed, 'lx-agent')];
  };
}
