import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

// `npm run mutate` changes the agent's code in many small ways, one at a time, and shows each change that no test
// notices. It mutates the files or folders that are named, or else those that differ from where this branch left main.

const repository = join(import.meta.dirname, '../..');
const installation = join(repository, 'out/mutation');

const files = process.argv.length > 2 ? process.argv.slice(2).flatMap(filesAt) : changedFiles();
if (files.length === 0) {
  process.stderr.write('nothing to mutate: no file in agent/ differs from main; name a file or folder\n');
} else {
  install();
  const stryker = join(installation, 'node_modules/.bin/stryker');
  const { status } = spawnSync(stryker, ['run', 'test/mutation/stryker.json', '--mutate', files.join(',')], {
    cwd: repository,
    stdio: 'inherit',
    env: { ...process.env, LX_AGENT_MUTATED: files.join(',') },
  });
  process.exitCode = status ?? 1;
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

function filesAt(path: string): string[] {
  const inside = relative(repository, path);
  if (!inside.startsWith('agent')) throw new Error(`only files in agent/ can be mutated, and ${path} is not`);
  return statSync(path).isDirectory() ? [join(inside, '**/*.ts')] : [inside];
}

function changedFiles(): string[] {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: repository, encoding: 'utf8' }).trim();
  const base = git('merge-base', 'main', 'HEAD');
  const changed = git('diff', '--name-only', '--diff-filter=d', base, '--', 'agent/*.ts');
  const added = git('ls-files', '--others', '--exclude-standard', '--', 'agent/*.ts');
  return `${changed}\n${added}`.split('\n').filter((path) => path !== '');
}
