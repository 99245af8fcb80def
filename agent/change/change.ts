/**
 * One alteration of a machine, as a value: it can be shown, applied and counted. Paths are absolute within the
 * root. A Change describes the wanted state; one that is already there is left out when changes are settled.
 */
export type Change =
  | FileChange
  | CopyChange
  | LinkChange
  | DirectoryChange
  | AbsentChange
  | RenameChange
  | GeneratedChange
  | CommandChange;

interface Described {
  /** Why this is wanted, as a short clause for a person: `metadata names the instance web-1`. */
  readonly why: string;
}

/** A regular file with exactly this content. */
export interface FileChange extends Described {
  readonly kind: 'file';
  readonly path: string;
  readonly content: string | Buffer;
  /** Permission bits, 0o644 for instance. */
  readonly mode: number;
  readonly owner?: Owner;
  /** Whose file it is once it is there; see `Claim`. */
  readonly claim: Claim;
  /** Of a `shared` file: by what our part before is known there; on record while a change that failed owes to take it out. */
  readonly replaces?: string;
  /** What is there could not be read, so that `content` means nothing: the Change fails with this error. */
  readonly fault?: Error;
  /** A file of the kernel's, which takes what is written to it and cannot be replaced. */
  readonly inPlace?: true;
  /** The content is a secret: masked in diffs, never in a report. */
  readonly secret?: boolean;
}

/**
 * `ours-until-edited`: ours, unless somebody edited it since we last wrote it.
 * `always`: follows the metadata, edited or not (provision data, files under the agent's own names).
 * `once`: created where missing, never replaced unless the last version was ours.
 * `shared`: others' file of which only our part was changed in `content`; what was there before is kept.
 */
export type Claim = 'ours-until-edited' | 'always' | 'once' | 'shared';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A copy of a file outside the root that is too large to hold in memory: the agent itself, into an image. */
export interface CopyChange extends Described {
  readonly kind: 'copy';
  /** Absolute path outside the root. */
  readonly from: string;
  readonly path: string;
  readonly mode: number;
}

/** A symbolic link; the target is written as given. */
export interface LinkChange extends Described {
  readonly kind: 'link';
  readonly path: string;
  readonly target: string;
  /**
   * `always`: the link is made whatever is there. `once`: it is made where nothing is, and is nobody's then. Otherwise
   * what somebody put there since the agent made the link stays.
   */
  readonly claim?: 'always' | 'once';
  /** An init system runs a service by it: whoever removes the link disables the service. */
  readonly enables?: true;
}

/** A directory, with its parents; an existing one keeps its mode unless `exact` is set. */
export interface DirectoryChange extends Described {
  readonly kind: 'directory';
  readonly path: string;
  readonly mode: number;
  readonly owner?: Owner;
  readonly exact?: boolean;
}

/** No entry at this path. A directory is removed with all that is in it only when `recursive`. */
export interface AbsentChange extends Described {
  readonly kind: 'absent';
  readonly path: string;
  readonly recursive?: boolean;
  /** Leave it if it is not as we last wrote it. */
  readonly claim?: 'ours-until-edited' | 'always';
}

/** One rename() and nothing else; wanted while `from` exists. */
export interface RenameChange extends Described {
  readonly kind: 'rename';
  readonly from: string;
  readonly to: string;
}

/**
 * Files that a program makes: it runs with a fresh folder beside `directory` as its working directory, and what it
 * left there is checked, synced and moved into place whole. Wanted whenever it is planned.
 */
export interface GeneratedChange extends Described {
  readonly kind: 'generated';
  readonly directory: string;
  readonly files: readonly { readonly name: string; readonly mode: number; readonly owner?: Owner }[];
  readonly argv: readonly [string, ...string[]];
}

/** A program run on the machine. Never run, only listed, when the root is not the running system's. */
export interface CommandChange extends Described {
  readonly kind: 'command';
  readonly argv: readonly [string, ...string[]];
  /** What is run in its place where it fails; not for a script. */
  readonly otherwise?: readonly [string, ...string[]];
  /** Seconds until it is ended; every command has a bound. */
  readonly deadline: number;
  /** Where its output is appended (created 0600, capped); otherwise the last of it is kept for an error. */
  readonly output?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Exit statuses other than 0 that are no failure. */
  readonly accept?: readonly number[];
  /** Recorded as a script of this boot under this name: it is not run again in the same boot unless named. */
  readonly script?: string;
}

/** How a Change is named in reports: its path, or its command line. */
export function subject(change: Change): string {
  if ('path' in change) return change.path;
  if (change.kind === 'rename') return `${change.from} -> ${change.to}`;
  if (change.kind === 'generated')
    return `${change.directory}/{${change.files.map(({ name }) => name).join(',')}}`;
  return change.argv.join(' ');
}
