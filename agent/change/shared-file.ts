import { posix } from 'node:path';
import { RootError } from '../system/root-error.ts';
import type { ReadableRoot } from '../system/system.ts';
import { isSomethingElse } from '../system/text-if-readable.ts';
import type { FileChange } from './change.ts';

/** How many links in a row Linux follows. */
const linkLimit = 40;

/** Why a step edits its part of a file, and what identified that part before. */
export type OwnPart = Pick<FileChange, 'why' | 'replaces'>;

/** A file that others own, read in order to edit a part of it. */
export interface SharedText {
  /** The path of the file itself: a symbolic link is kept, and the file behind it is edited. */
  readonly path: string;
  /** One character for each byte, so that the other lines stay as they are in any encoding; undefined without a file. */
  readonly text?: string;
  /** Why the file could not be read. */
  readonly fault?: RootError;
}

/** Read a file in order to edit a part of it. Does not throw: an unreadable file is a `fault`. */
export function readShared(root: ReadableRoot, path: string): SharedText {
  let target = path;
  try {
    target = behindLinks(root, path);
    const text = root.read(target)?.toString('latin1');
    return text === undefined ? { path: target } : { path: target, text };
  } catch (error) {
    if (!(error instanceof RootError)) throw error;
    return { path: target, fault: error };
  }
}

/**
 * The Change that edits a part of a file that others own. `edit` gets its text, or undefined if there is no file. It
 * returns the new text, or undefined if there is nothing to write. An unreadable file becomes a Change that fails, so that
 * the other Changes of the step are still applied.
 */
export function sharedFile(
  root: ReadableRoot,
  path: string,
  edit: (text: string | undefined) => string | undefined,
  part: OwnPart,
): FileChange[] {
  const { path: target, text, fault } = readShared(root, path);
  const file = { kind: 'file', path: target, mode: 0o644, claim: 'shared', ...part } as const;
  if (fault !== undefined) return [{ ...file, content: '', fault }];
  const content = edit(text);
  return content === undefined ? [] : [{ ...file, content: Buffer.from(content, 'latin1') }];
}

/**
 * The path at the end of a chain of symbolic links, whether or not anything is there. If the chain cannot be followed (a
 * loop), reading the returned path gives the error. Throws RootError if a link cannot be read.
 */
export function behindLinks(root: ReadableRoot, path: string): string {
  let place = path;
  for (let links = 0; links <= linkLimit; links += 1) {
    const target = linkTarget(root, place);
    if (target === undefined) return place;
    place = posix.resolve(posix.dirname(place), target);
    // A link to /dev/null means that the file is disabled. An image has no devices; do not create a file in their place.
    if (/^\/(dev|proc|sys)\//.test(place)) return path;
  }
  return path;
}

function linkTarget(root: ReadableRoot, path: string): string | undefined {
  try {
    return root.linkTarget(path);
  } catch (error) {
    if (isSomethingElse(error)) return undefined;
    throw error;
  }
}
