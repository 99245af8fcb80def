import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

/** The folder of the repository. */
export const repository = new URL('..', import.meta.url).pathname.replace(/\/$/, '');

/** Bundle agent/ into one CommonJS file: what SEA wants. Unused code is not in it. */
export async function bundle(outfile: string): Promise<void> {
  await build({
    entryPoints: [`${repository}/agent/main.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    mainFields: ['module', 'main'],
    conditions: ['node', 'import'],
    define: { LX_AGENT_VERSION: JSON.stringify(versionText()), 'import.meta.url': 'undefined' },
    logLevel: 'warning',
  });
}

/** `0.1.0 (1a2b3c4)`, with `+` behind the commit when the work tree differs from it. */
export function versionText(): string {
  const { version } = packageDescription();
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: repository, encoding: 'utf8' }).trim();
    const commit = git('rev-parse', '--short=10', 'HEAD');
    return `${version} (${commit}${git('status', '--porcelain', '-uno') === '' ? '' : '+'})`;
  } catch (error) {
    console.warn(
      `no commit to name in the version: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
    );
    return version;
  }
}

/** What package.json says of this program. */
export function packageDescription(): {
  version: string;
  description: string;
  license: string;
  author: string;
} {
  return JSON.parse(readFileSync(`${repository}/package.json`, 'utf8'));
}
