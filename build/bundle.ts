import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** The folder of the repository. */
export const repository = new URL('..', import.meta.url).pathname.replace(/\/$/, '');

/** What few runs need, and no ordinary boot: carried as assets, and kept out of the heap that every start wakes up with. */
export const libraries = ['diff', 'node-fetch', 'yaml'] as const;

/** Bundle the program into one CommonJS file: what SEA wants. Unused code is not in it. */
export async function bundle(outfile: string): Promise<void> {
  await build({
    ...common,
    entryPoints: [`${repository}/build/woken.ts`],
    outfile,
    define: { LX_AGENT_VERSION: JSON.stringify(versionText()), 'import.meta.url': 'undefined' },
    plugins: [carriedLibraries],
  });
}

/** Bundle each library into a CommonJS file of its own in a folder. */
export async function bundleLibraries(folder: string): Promise<void> {
  for (const name of libraries)
    await build({
      ...common,
      entryPoints: [name],
      absWorkingDir: repository,
      outfile: `${folder}/${name}.cjs`,
    });
}

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  mainFields: ['module', 'main'],
  conditions: ['node', 'import'],
  logLevel: 'warning',
};

/** `import('yaml')` in the bundle: the asset of that name, compiled where it is first asked for. */
const carriedLibraries: Plugin = {
  name: 'carried libraries',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${libraries.join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'carried' }));
    onLoad({ filter, namespace: 'carried' }, ({ path }) => ({
      contents: `
        const source = require('node:sea').getAsset('libraries/${path}.cjs', 'utf8');
        const compiled = require('node:vm').compileFunction(source, ['module', 'exports', 'require'], {
          filename: '${path}.cjs',
        });
        compiled(module, exports, require);`,
    }));
  },
};

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
export function packageDescription(): { version: string; description: string; license: string } {
  return JSON.parse(readFileSync(`${repository}/package.json`, 'utf8'));
}
