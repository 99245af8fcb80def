import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { programPath } from '../../agent/image/running-program.ts';
import { runtimeFiles, runtimeFolder } from '../../agent/image/runtime.ts';
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
    const folder = join(image, runtimeFolder);
    return [join(folder, runtimeFiles[0]), '--library-path', folder, join(image, programPath)];
  };
}
