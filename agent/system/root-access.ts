import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { confinement, linkLimit, lookAt, type Place } from './confinement.ts';
import { errorCode, RootError } from './root-error.ts';

/** The way to what is in a root, for the modules that read there and that write there. */
export interface RootAccess {
  readonly path: string;
  readonly live: boolean;
  /** Call `use` with the place of a path. Throws RootError, with the operation, where it cannot be had or `use` fails. */
  at<Result>(operation: string, inRoot: string, use: (place: Place) => Result, absent?: () => Result): Result;
  /** What `use` answers, or undefined where the path does not lead to anything. */
  maybe<Result>(operation: string, inRoot: string, use: (place: Place) => Result): Result | undefined;
  /**
   * The path that a chain of links at its last component ends in, and whether anything is there: an error would take
   * longer to make than this answer, and most of what is looked for is absent.
   */
  followed(inRoot: string): { readonly path: string; readonly there: boolean };
  /** To be called when a folder or a link was moved or removed. */
  forget(): void;
}

/** Access to the tree at a directory. */
export function accessTo(directory: string): RootAccess {
  const path = resolve(directory);
  const live = path === '/';
  const { inFolder, forget } = confinement(path);

  function at<Result>(
    operation: string,
    inRoot: string,
    use: (place: Place) => Result,
    absent?: () => Result,
  ): Result {
    try {
      return inFolder(inRoot, use, absent);
    } catch (error) {
      if (error instanceof RootError) throw error;
      throw new RootError(operation, inRoot, errorCode(error) ?? String(error), error);
    }
  }

  function maybe<Result>(
    operation: string,
    inRoot: string,
    use: (place: Place) => Result,
  ): Result | undefined {
    try {
      return at<Result | undefined>(operation, inRoot, use, () => undefined);
    } catch (error) {
      if (error instanceof RootError && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
        return undefined;
      throw error;
    }
  }

  function followed(inRoot: string, links = 0): { readonly path: string; readonly there: boolean } {
    const found = maybe('read', inRoot, (place) => {
      if (live) return { there: statSync(pathOf(place), { throwIfNoEntry: false }) !== undefined };
      const { there, target } = lookAt(pathOf(place));
      return { there, next: target?.startsWith('/') === false ? `${place.inRoot}/${target}` : target };
    });
    if (found?.next === undefined) return { path: inRoot, there: found?.there === true };
    if (links >= linkLimit) throw new RootError('read', inRoot, 'ELOOP');
    return followed(found.next, links + 1);
  }

  return { path, live, at, maybe, followed, forget };
}

/** A place as this process may open it. */
export function pathOf({ folder, name }: Place): string {
  return `${folder}/${name}`;
}
