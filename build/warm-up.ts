import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { debianTree } from '../test/support/debian-tree.ts';
import { startMetadataServer } from '../test/support/metadata-server.ts';
import { repository } from './bundle.ts';

/**
 * Call `use` while a scratch root and a metadata server stand, with the runs that a boot makes on them. It is not the
 * root's first boot: most boots find nothing left to do, and need neither cryptography nor programs.
 */
export async function withWarmUp(
  use: (runs: readonly (readonly string[])[]) => Promise<void>,
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'lx-agent-build-'));
  const socketPath = join(scratch, 'metadata.sock');
  for (const [path, content] of Object.entries(debianTree)) {
    mkdirSync(dirname(scratch + path), { recursive: true });
    writeFileSync(scratch + path, content);
  }
  const metadata = JSON.parse(readFileSync(`${repository}/test/support/instances/web.json`, 'utf8'));
  const server = await startMetadataServer({ socketPath, metadata });
  const run = (stage: string) => ['run', '--stage', stage, '--root', scratch, '--socket', socketPath];
  try {
    const runs = [run('early'), run('late')];
    for (const words of runs)
      await promisify(execFile)(process.execPath, [`${repository}/agent/main.ts`, ...words]);
    await use(runs);
  } finally {
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}
