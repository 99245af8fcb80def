import type { Change } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';
import { takeOver } from './guest-tools.ts';
import { takeOverFromWriters } from './other-writers.ts';
import type { Image } from './rule.ts';
import { metadataLinks } from './rules/native.ts';
import { commandPath, programPath } from './running-program.ts';
import { type RuntimeChoice, runtimeFiles, runtimeFolder } from './runtime.ts';

/** The target of the command, if the command is a link. */
export const commandTarget = '../lib/lx-agent/lx-agent';

/** The sources of an installation. */
export interface Source {
  /** The program, outside the image. */
  readonly program: string;
  readonly version: string;
  /** An embedded file of the program, by name; undefined if there is none. */
  readonly carried: (name: string) => Buffer | undefined;
}

/** Every setting with its default, commented out. It is embedded in the built program. */
const configuration = 'lx-agent.ini';
const emptyConfiguration = '# All settings are optional; see lx-agent.ini(5).\n';

/** The manual pages and the shell completions, as paths below /usr/share. */
export const sharedFiles = [
  'man/man8/lx-agent.8',
  'man/man5/lx-agent.ini.5',
  'bash-completion/completions/lx-agent',
  'zsh/site-functions/_lx-agent',
  'fish/vendor_completions.d/lx-agent.fish',
];

/**
 * Everything that an installation puts into an image. The largest file comes first, so that a full disk is noticed
 * before anything else is done.
 */
export function planInstallation(
  image: Image,
  source: Source,
  { runtime }: RuntimeChoice,
  unitChanges: readonly Change[],
): readonly Change[] {
  return [
    { kind: 'copy', from: source.program, path: programPath, mode: 0o755, why: 'the program' },
    ...(runtime === 'private' ? privateRuntime(source) : []),
    runtime === 'private'
      ? {
          kind: 'file',
          path: commandPath,
          content: privateCommand,
          mode: 0o755,
          claim: 'always',
          why: 'its command',
        }
      : {
          kind: 'link',
          path: commandPath,
          target: commandTarget,
          claim: 'always',
          why: 'its command',
        },
    {
      kind: 'file',
      path: '/etc/lx-agent.ini',
      content: source.carried(configuration) ?? emptyConfiguration,
      mode: 0o644,
      claim: 'once',
      why: 'its configuration',
    },
    ...['early', 'late'].map(
      (stage): Change => ({
        kind: 'directory',
        path: `/etc/lx-agent/${stage}.d`,
        mode: 0o755,
        why: `hooks of the ${stage} stage`,
      }),
    ),
    ...sharedFiles.flatMap((name) => shared(image.root, source, name)),
    { kind: 'directory', path: '/var/svc', mode: 0o755, why: 'the host waits for a rename there' },
    { kind: 'directory', path: '/var/db', mode: 0o755, why: 'user-data is kept there' },
    ...metadataLinks.map(
      ({ link, target }): Change => ({ kind: 'link', path: link, target, why: 'scripts call it' }),
    ),
    ...unitChanges,
    ...takeOver(image.root),
    ...takeOverFromWriters(image.root),
  ];
}

/**
 * Starts the program with the loader and the libraries beside it. It sets no variable, so the program's children do not
 * use them.
 */
export const privateCommand = `#!/bin/sh
exec ${runtimeFolder}/${runtimeFiles[0]} --library-path ${runtimeFolder} ${programPath} "$@"
`;

/** Throws if no runtime is embedded in this program: only the built one has it. */
function privateRuntime({ carried }: Source): readonly Change[] {
  return runtimeFiles.map((name) => {
    const content = carried(`runtime/${name}`);
    if (content === undefined)
      throw new Error(`this program does not contain runtime/${name}; use the released binary`);
    return {
      kind: 'file',
      path: `${runtimeFolder}/${name}`,
      content,
      mode: name === runtimeFiles[0] ? 0o755 : 0o644,
      claim: 'always',
      why: 'the C library in the image cannot run the program',
    };
  });
}

/** Do not install a page that a package already installed compressed, as .gz. */
function shared(root: ReadableRoot, { carried }: Source, name: string): readonly Change[] {
  const content = carried(`share/${name}`);
  if (content === undefined || root.entry(`/usr/share/${name}.gz`) !== undefined) return [];
  return [
    { kind: 'file', path: `/usr/share/${name}`, content, mode: 0o644, claim: 'always', why: 'documentation' },
  ];
}
