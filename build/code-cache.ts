import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { debianTree } from '../test/support/debian-tree.ts';
import { startMetadataServer } from '../test/support/metadata-server.ts';
import { repository } from './bundle.ts';

/**
 * Lay the program and its code cache into a folder: `program.cjs`, a function of (require, module, exports), and
 * `program.cache`, what V8 compiled of it while `node` ran the early stage twice on a scratch root: the second run,
 * in which nothing is left to do, is the one that most boots make. A boot then compiles next to nothing. V8 takes the
 * cache only from the very same version, and compiles by itself otherwise.
 */
export async function layCodeCache(bundle: string, node: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const program = `${folder}/program.cjs`;
  writeFileSync(program, `(function(require,module,exports){${readFileSync(bundle, 'latin1')}\n})`, 'latin1');
  const scratch = mkdtempSync(join(tmpdir(), 'lx-agent-build-'));
  const socketPath = join(scratch, 'metadata.sock');
  for (const [path, content] of Object.entries(debianTree)) {
    mkdirSync(dirname(scratch + path), { recursive: true });
    writeFileSync(scratch + path, content);
  }
  const metadata = JSON.parse(readFileSync(`${repository}/test/support/instances/web.json`, 'utf8'));
  const server = await startMetadataServer({ socketPath, metadata });
  try {
    const run = ['run', '--stage', 'early', '--root', scratch, '--socket', socketPath];
    for (let time = 0; time < 2; time++)
      await succeed(node, [`${repository}/build/compile.cjs`, program, `${folder}/program.cache`, ...run]);
  } finally {
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function succeed(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env: {} });
    child.once('error', reject);
    child.once('exit', (status) =>
      status === 0 ? resolve() : reject(new Error(`${program} ${args.join(' ')}: exit status ${status}`)),
    );
  });
}
