import { isPlatformWritten } from '../system/platform-mark.ts';
import { RootError } from '../system/root-error.ts';
import type { ReadableRoot } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import type { Network } from './model.ts';
import type { Renderer } from './renderer.ts';

/** A file of others, usually an installer's, that configures one of our interfaces as well or instead. */
export interface Conflict {
  /** For a person; unprintable characters are question marks. */
  readonly path: string;
  readonly interfaces: readonly string[];
}

/** The largest file that a person or an installer writes here, in bytes. */
const limit = 256 * 1024;

/**
 * The files that contradict ours for the network service. Only reads, and leaves out what cannot be read: this is advice,
 * and must not stop the step. `owns` recognizes the agent's own files.
 */
export function conflictingFiles(
  root: ReadableRoot,
  { others = [] }: Pick<Renderer, 'others'>,
  { interfaces }: Network,
  owns: (path: string) => boolean,
): Conflict[] {
  return others.flatMap(({ folder, settings, isOne, configures }) =>
    namesIn(root, folder).flatMap((name) => {
      const path = `${folder}/${name}`;
      if (!isOne(name) || owns(path)) return [];
      const text = settings === undefined ? textOf(root, path) : (textOf(root, settings) ?? '');
      if (text === undefined || isPlatformWritten(text)) return [];
      const named = interfaces.filter((one) => configures(text, one, name)).map((one) => one.name);
      return named.length === 0 ? [] : [{ path: path.replace(/[^ -~]/g, '?'), interfaces: named }];
    }),
  );
}

function namesIn(root: ReadableRoot, folder: string): readonly string[] {
  try {
    return root.list(folder);
  } catch (error) {
    if (error instanceof RootError) return [];
    throw error;
  }
}

/** Symbolic links are followed, as the network service follows them. */
function textOf(root: ReadableRoot, path: string): string | undefined {
  return textIfReadable(root, path, limit);
}
