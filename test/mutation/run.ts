import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

// `npm run mutate` changes the agent's code in many small ways, one at a time, and shows each change that no test
// notices. It mutates the files or folders that are named, or else those that differ from where this branch left main.

const repository = join(import.meta.dirname, '../..');
const installation = join(repository, 'out/mutation');
const report = join(installation, 'report.json');

const paths = process.argv.length > 2 ? process.argv.slice(2).map(insideAgent) : changedFiles();
if (paths.length === 0) {
  process.stderr.write('nothing to mutate: no file in agent/ differs from main; name a file or folder\n');
} else {
  install();
  const lines = paths.map(mutate);
  if (lines.length > 1) process.stdout.write(`\n${lines.join('\n')}\n`);
}

/** Runs StrykerJS for one path; test/mutation/vitest.config.ts chooses the tests. Returns a line for the summary. */
function mutate(path: string): string {
  rmSync(report, { force: true });
  const isFolder = statSync(join(repository, path)).isDirectory();
  const mutated = isFolder ? join(path, '**/*.ts') : path;
  // The fast run of a file uses no earlier results: they may be of other tests.
  const results = isFolder
    ? []
    : ['--force', '--incrementalFile', join('out/mutation/results', `${path}.json`)];
  const words = ['run', 'test/mutation/stryker.json', '--mutate', mutated, ...results];
  const { status } = spawnSync(join(installation, 'node_modules/.bin/stryker'), words, {
    cwd: repository,
    stdio: 'inherit',
    env: { ...process.env, LX_AGENT_MUTATED: mutated },
  });
  if (status !== 0) process.exitCode = status ?? 1;
  return `${path}: ${existsSync(report) ? score(readFileSync(report, 'utf8')) : 'not measured: StrykerJS failed'}`;
}

function score(text: string): string {
  const count: Record<string, number> = {};
  for (const [, status = ''] of text.matchAll(/"status":\s*"(\w+)"/g))
    count[status] = (count[status] ?? 0) + 1;
  const { Killed = 0, Timeout = 0, Survived = 0, NoCoverage = 0 } = count;
  const all = Killed + Timeout + Survived + NoCoverage;
  const share = all === 0 ? 'no mutants' : `${(((Killed + Timeout) / all) * 100).toFixed(1)} %`;
  return `${share}, ${all} mutants: ${Killed} killed, ${Timeout} hung, ${Survived} survived, ${NoCoverage} never run`;
}

/** StrykerJS lies apart: in package.json it would more than double what every `npm ci` installs. */
function install(): void {
  if (existsSync(join(installation, 'node_modules/.bin/stryker'))) return;
  mkdirSync(installation, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(join(import.meta.dirname, name), join(installation, name));
  // Its peer is this repository's vitest, which Node finds in the node_modules above.
  const options = ['--omit=peer', '--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', ['ci', ...options], { cwd: installation, stdio: 'inherit' });
}

function insideAgent(path: string): string {
  const inside = relative(repository, path);
  if (!inside.startsWith('agent')) throw new Error(`only files in agent/ can be mutated, and ${path} is not`);
  return inside;
}

function changedFiles(): string[] {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: repository, encoding: 'utf8' }).trim();
  const base = git('merge-base', 'main', 'HEAD');
  const changed = git('diff', '--name-only', '--diff-filter=d', base, '--', 'agent/*.ts');
  const added = git('ls-files', '--others', '--exclude-standard', '--', 'agent/*.ts');
  return `${changed}\n${added}`.split('\n').filter((path) => path !== '');
}
