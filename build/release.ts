import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageDescription, repository } from './bundle.ts';
import { missingTools } from './package/tools.ts';
import { changesOf } from './release/changelog.ts';
import { differences } from './release/compare.ts';
import { digestsOf, sumsText } from './release/digests.ts';
import { type ReleaseOptions, readReleaseOptions, usage } from './release/options.ts';
import { provenance } from './release/provenance.ts';
import { sign } from './release/sign.ts';

/**
 * `npm run release`: build the commit that is checked out in two clean clones, test the first, compare the two, and lay
 * out what is published in dist/release: packages, bill of materials, provenance, checksums, signature.
 * docs/release.md says how to verify them.
 */
function release(options: ReleaseOptions): void {
  const { version } = packageDescription();
  const commit = git('rev-parse', 'HEAD');
  refuseUnlessReady(version, options);
  const work = mkdtempSync(join(tmpdir(), 'lx-agent-release-'));
  try {
    say(`lx-agent ${version}, commit ${commit}`);
    const first = cloneAndBuild(join(work, 'first'), commit);
    for (const suite of options.boot ? ['test', 'test:boot'] : ['test']) {
      say(`npm run ${suite}, with the program that was built`);
      npm(first, 'run', suite);
    }
    npm(first, 'run', 'package');
    const second = cloneAndBuild(join(work, 'second'), commit);
    refuseUnlessSame(first, second);
    publish(join(first, 'dist/packages'), { version, commit }, options);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** What must be true before hours are spent: a clean tree, a tag, notes for users, and the tools. */
function refuseUnlessReady(version: string, { untagged }: ReleaseOptions): void {
  const missing = missingTools();
  if (missing.length > 0)
    throw new Error(
      `missing: ${missing.map(({ program, from }) => `${program} (Debian package ${from})`).join(', ')}`,
    );
  const changed = git('status', '--porcelain');
  if (changed !== '') throw new Error(`the working tree has changes; commit or remove them:\n${changed}`);
  if (changesOf(readFileSync(join(repository, 'CHANGELOG.md'), 'utf8'), version) === undefined)
    throw new Error(`CHANGELOG.md has no section "## ${version}"; write one for users`);
  const tags = git('tag', '--points-at', 'HEAD').split('\n');
  if (!untagged && !tags.includes(`v${version}`))
    throw new Error(`HEAD has no tag v${version}; tag it, or rehearse with --untagged`);
}

/** All that the program is made of is the same in two builds; its heap snapshot is not (docs/performance.md). */
function refuseUnlessSame(first: string, second: string): void {
  const differing = ['dist/assets', 'dist/work/parts'].flatMap((folder) =>
    differences(join(first, folder), join(second, folder)).map((name) => `${folder}/${name}`),
  );
  if (differing.length > 0)
    throw new Error(`two builds of one commit differ in ${differing.join(', ')}; nothing is published`);
}

/** A clone has only what is committed, so nothing of this working tree can get into a package. */
function cloneAndBuild(folder: string, commit: string): string {
  say(`a clean clone: ${folder}`);
  execFileSync('git', ['clone', '--quiet', repository, folder], { stdio: 'inherit' });
  execFileSync('git', ['checkout', '--quiet', '--detach', commit], { cwd: folder, stdio: 'inherit' });
  npm(folder, 'ci', '--no-fund', '--no-audit');
  // What is published is the program that the figures and tests are about, not one that lacks a pass.
  npm(folder, 'run', 'build', '--', '--strict');
  return folder;
}

function publish(
  packages: string,
  source: { readonly version: string; readonly commit: string },
  { key }: ReleaseOptions,
): void {
  const output = join(repository, 'dist/release');
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const built = digestsOf(packages).filter(({ name }) => name !== 'SHA256SUMS');
  for (const { name } of built) copyFileSync(join(packages, name), join(output, name));
  const statement = `lx-agent-${source.version}.provenance.json`;
  writeFileSync(join(output, statement), provenance(source, built));
  const sums = join(output, 'SHA256SUMS');
  writeFileSync(sums, sumsText(digestsOf(output)));
  const signature = key === undefined ? undefined : sign(sums, key);
  say(`dist/release, ${signature === undefined ? 'not signed: no key was given' : 'signed'}`);
  process.stdout.write(readFileSync(sums, 'utf8'));
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim();
}

function npm(folder: string, ...args: readonly string[]): void {
  execFileSync('npm', args, { cwd: folder, stdio: 'inherit' });
}

function say(line: string): void {
  console.log(`\n== ${line}`);
}

const options = readReleaseOptions(process.argv.slice(2));
if (options === 'help') process.stdout.write(usage);
else {
  try {
    if ('fault' in options) throw new Error(`${options.fault}\n\n${usage}`);
    release(options);
  } catch (error) {
    console.error(`release: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
