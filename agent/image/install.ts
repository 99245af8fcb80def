import type { Change } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';
import { takeOver } from './guest-tools.ts';
import { takeOverFromWriters } from './other-writers.ts';
import type { Image } from './rule.ts';
import { metadataLinks } from './rules/native.ts';
import { commandPath, programPath } from './running-program.ts';
import { type RuntimeChoice, runtimeFiles, runtimeFolder } from './runtime.ts';

/** Where the command leads, where it is a link. */
export const commandTarget = '../lib/lx-agent/lx-agent';

/** What an installation is made from. */
export interface Source {
  /** The program, outside the image. */
  readonly program: string;
  readonly version: string;
  /** A file that the program carries, by name; undefined when it carries no such file. */
  readonly carried: (name: string) => Buffer | undefined;
}

/** Every setting, commented out, with its default; the built program carries it. */
const configuration = 'lx-agent.ini';
const emptyConfiguration = '# All settings are optional; see lx-agent.ini(5).\n';

/** The manual page and the shells' completions, by their places below /usr/share. */
export const sharedFiles = [
  'man/man8/lx-agent.8',
  'man/man5/lx-agent.ini.5',
  'bash-completion/completions/lx-agent',
  'zsh/site-functions/_lx-agent',
  'fish/vendor_completions.d/lx-agent.fish',
];

/** Everything that an image with the agent holds, the largest first: where there is no room, nothing else is done. */
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

/** Starts the program under the loader and with the libraries that lie beside it; its children see nothing of them. */
export const privateCommand = `#!/bin/sh
exec ${runtimeFolder}/${runtimeFiles[0]} --library-path ${runtimeFolder} ${programPath} "$@"
`;

/** Throws when this program carries no runtime: only the built one does. */
function privateRuntime({ carried }: Source): readonly Change[] {
  return runtimeFiles.map((name) => {
    const content = carried(`runtime/${name}`);
    if (content === undefined)
      throw new Error(`this program carries no runtime/${name}; use the released binary`);
    return {
      kind: 'file',
      path: `${runtimeFolder}/${name}`,
      content,
      mode: name === runtimeFiles[0] ? 0o755 : 0o644,
      claim: 'always',
      why: 'the C library in the image cannot carry the program',
    };
  });
}

/** A package has its manual pages compressed: one of each is enough. */
function shared(root: ReadableRoot, { carried }: Source, name: string): readonly Change[] {
  const content = carried(`share/${name}`);
  if (content === undefined || root.entry(`/usr/share/${name}.gz`) !== undefined) return [];
  return [
    { kind: 'file', path: `/usr/share/${name}`, content, mode: 0o644, claim: 'always', why: 'documentation' },
  ];
}
