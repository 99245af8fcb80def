import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** The folder of the repository. */
export const repository = new URL('..', import.meta.url).pathname.replace(/\/$/, '');

/** What few runs need, and no ordinary boot: carried as assets, and kept out of the heap that every start wakes up with. */
const libraries = ['diff', 'node-fetch', 'yaml'] as const;

/** Bundle the program that makes the binary's heap snapshot, in one CommonJS file: what SEA wants. */
export async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    ...common,
    entryPoints: [entry],
    outfile,
    plugins: [carriedLibraries, otherCommands],
  });
}

/** Bundle what the binary loads only when it is asked for: the whole program, and the libraries, a CommonJS file each. */
export async function bundleCarried(folder: string): Promise<void> {
  await build({
    ...common,
    entryPoints: [`${repository}/agent/main.ts`],
    outfile: `${folder}/lx-agent.cjs`,
    plugins: [carriedLibraries],
  });
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
  define: { LX_AGENT_VERSION: JSON.stringify(versionText()), 'import.meta.url': 'undefined' },
};

/**
 * `import('yaml')` in a bundle: the asset of that name, compiled where it is first asked for. The module that stands for
 * it names every export. A CommonJS module would not do: in a package of ES modules, as this one is, esbuild takes all of
 * its `module.exports` for the default export, as Node does, and `import fetch from 'node-fetch'` is no function then.
 */
const carriedLibraries: Plugin = {
  name: 'carried libraries',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${libraries.join('|')})$`);
    onResolve({ filter }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path, namespace: 'carried' },
    );
    onLoad({ filter, namespace: 'carried' }, async ({ path }) => ({
      contents: await standIn(path),
      resolveDir: repository,
    }));
  },
};

/** The commands of a boot and of its scripts, and what their errors need: they are in the heap that starts wake up with. */
const ofBoot = /^\.\/commands\/(boot|error-text|metadata|run|version)\.ts$/;

/** What a boot's own command loads for an operator or once in a zone's life, and the function that it calls there. */
const rareParts: Readonly<Record<string, string>> = {
  './boot-dry-run.ts': 'showBoot',
  './last-metadata.ts': 'showLastMetadata',
  '../before-init/lay-down.ts': 'layDownUnlessOff',
};

/** The source of an ES module with the exports of a carried library, as Node names them. */
async function standIn(library: string): Promise<string> {
  const names = Object.keys(await import(library)).filter((name) => /^\w+$/.test(name) && name !== 'default');
  return `
    import { run } from '${repository}/build/carried.ts';
    const module = { exports: {} };
    run('${library}.cjs', module);
    const { ${names.map((name, index) => `${name}: e${index}`).join(', ')} } = module.exports;
    export { ${names.map((name, index) => `e${index} as ${name}`).join(', ')} };
    export default module.exports.__esModule ? module.exports.default : module.exports;`;
}

/**
 * Every other command that agent/main.ts loads, and the rare parts of a boot's: each stands for the whole program, which
 * starts anew and ends the process.
 */
const otherCommands: Plugin = {
  name: 'other commands',
  setup({ onResolve, onLoad }) {
    const namespace = 'other command';
    onResolve({ filter: /\.ts$/ }, ({ path, importer, kind }) => {
      const isCommand = importer === `${repository}/agent/main.ts` && path.startsWith('./commands/');
      const isOther = (isCommand && !ofBoot.test(path)) || path in rareParts;
      return kind === 'dynamic-import' && isOther ? { path, namespace } : undefined;
    });
    onLoad({ filter: /^/, namespace }, ({ path }) => ({
      contents: `
        export function ${rareParts[path] ?? 'run'}() {
          require('${repository}/build/carried.ts').run('lx-agent.cjs', { exports: {} });
          return new Promise(() => {});
        }`,
      resolveDir: repository,
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
export function packageDescription(): {
  version: string;
  description: string;
  license: string;
  author: string;
} {
  return JSON.parse(readFileSync(`${repository}/package.json`, 'utf8'));
}
