import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { runtimeFiles } from '../agent/image/runtime.ts';
import { repository } from './bundle.ts';
import { settings } from './settings.ts';

/** Where the distributions keep the 64-bit loader and libraries. */
const libraryFolders = ['/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64'];

/** The documents that go with the program: their places below docs/, and below /usr/share in an image. */
const documents = {
  'lx-agent.8': 'man/man8/lx-agent.8',
  'lx-agent.ini.5': 'man/man5/lx-agent.ini.5',
  'completions/lx-agent.bash': 'bash-completion/completions/lx-agent',
  'completions/_lx-agent': 'zsh/site-functions/_lx-agent',
  'completions/lx-agent.fish': 'fish/vendor_completions.d/lx-agent.fish',
} as const;

/**
 * Lay what the program carries for images into a folder: the private runtime, which is the C library of the machine
 * that builds, the documents, and the default configuration. Throws when something is missing.
 */
export function layAssets(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const name of runtimeFiles) {
    const source = libraryFolders.map((from) => `${from}/${name}`).find((path) => existsSync(path));
    if (source === undefined)
      throw new Error(`this machine has no ${name}; build where glibc and libstdc++ are installed`);
    lay(source, `${folder}/runtime/${name}`);
  }
  for (const [name, place] of Object.entries(documents))
    lay(`${repository}/docs/${name}`, `${folder}/share/${place}`);
  writeFileSync(`${folder}/lx-agent.ini`, defaultConfiguration());
}

function lay(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, target);
}

/** Every setting with its default and its meaning, commented out. */
export function defaultConfiguration(): string {
  const sections = [...new Set(settings.map(({ section }) => section))];
  return [
    '; Everything here is optional; see lx-agent.ini(5).',
    ...sections.flatMap((section) => [
      '',
      `;[${section}]`,
      ...settings
        .filter((setting) => setting.section === section)
        .flatMap(({ key, meaning, default: fallback }) => [`; ${meaning}`, `;${key} = ${fallback}`]),
    ]),
    '',
  ].join('\n');
}
