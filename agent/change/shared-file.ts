import { posix } from 'node:path';
import { RootError } from '../system/root-error.ts';
import type { ReadableRoot } from '../system/system.ts';
import { isSomethingElse } from '../system/text-if-readable.ts';
import type { FileChange } from './change.ts';

/** As many links in a row as Linux follows. */
const linkLimit = 40;

/** Why a step edits its part of a file, and by which name that part was known before. */
export type OwnPart = Pick<FileChange, 'why' | 'replaces'>;

/** Somebody else's file, read in order to edit a part of it. */
export interface SharedText {
  /** Where the file itself is: a symbolic link stays one, and the file that it leads to is edited. */
  readonly path: string;
  /** One character for each byte, so that the other lines stay as they are in any encoding; undefined without a file. */
  readonly text?: string;
  /** Why the file could not be read. */
  readonly fault?: RootError;
}

/** Read a file that is to be edited in part. It does not throw: an unreadable file is a `fault`. */
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
 * The Change that edits a part of somebody else's file. `edit` gets its text, or undefined where there is no file, and
 * returns the new text, or undefined where the step has nothing to write. A file that cannot be read becomes a Change
 * that fails, so that the other Changes of the step go on.
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
 * The path at the end of a chain of symbolic links, whether or not anything is there. Where the chain cannot be followed
 * (a loop), reading the returned path tells why. Throws RootError where a link could not be looked at.
 */
export function behindLinks(root: ReadableRoot, path: string): string {
  let place = path;
  for (let links = 0; links <= linkLimit; links += 1) {
    const target = linkTarget(root, place);
    if (target === undefined) return place;
    place = posix.resolve(posix.dirname(place), target);
    // A link to /dev/null says that there is to be nothing; an image has no devices, and gets no file in their place.
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
