import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { buildIfStale } from '../support/built.ts';
import { layersFolder, releaseFolder } from './installed.ts';
import { packages } from './packages.ts';
import { roots } from './roots.ts';

// `npm run test:boot [-- vitest arguments]`: everything that booting real init systems needs, then the tests; `npm run
// bench:boot`: the same, then what the agent costs a boot; `npm run census`: the same, then which services start in a
// zone. What cannot be had is a failure that names it; nothing is skipped.

const repository = join(import.meta.dirname, '../..');

if (process.getuid?.() !== 0) fail('boots init systems in namespaces of their own: run it as root');
installPackages();
for (const [release, ofRelease] of Map.groupBy(roots.values(), (root) => root.release))
  step(
    join(import.meta.dirname, 'roots.sh'),
    [releaseFolder(release), ...new Set(ofRelease.flatMap(({ layers }) => layers))],
    release === undefined ? {} : { SUITE: release },
  );
buildIfStale();
const run = mkdtempSync(join(layersFolder, 'run-'));
const vitest = ['vitest', 'run', '--config', 'test/vitest.config.ts', '--project', 'boot'];
/** What boots roots in place of the tests. */
const programs: Readonly<Record<string, string>> = {
  '--cost': 'test/boot/cost.ts',
  '--census': 'test/boot/census/run.ts',
};
const [first = '', ...more] = process.argv.slice(2);
const program = programs[first];
const { status } = spawnSync(
  'npx',
  program === undefined ? [...vitest, ...process.argv.slice(2)] : ['node', program, ...more],
  { cwd: repository, stdio: 'inherit', env: { ...process.env, LX_AGENT_BOOT_RUN: run } },
);
rmSync(run, { recursive: true, force: true });
process.exitCode = status ?? 1;

function installPackages(): void {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const missing = packages
    .filter(({ program }) => !folders.some((folder) => existsSync(join(folder, program))))
    .map(({ name }) => name);
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(' ')}`);
  step('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...missing]);
}

function step(program: string, argv: string[], environment: Readonly<Record<string, string>> = {}): void {
  const { status, error } = spawnSync(program, argv, {
    cwd: repository,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) fail(`${program} ${argv.join(' ')}: ${error?.message ?? `exit status ${status}`}`);
}

function fail(message: string): never {
  console.error(`test:boot: ${message}`);
  process.exit(1);
}
