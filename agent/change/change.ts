/**
 * One alteration of a machine, as a value: it can be shown, applied and counted. Paths are absolute within the root. A
 * Change describes the desired state. Settling leaves out a Change whose state is already there.
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
  /** The reason, as a short clause for a person: `metadata names the instance web-1`. */
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
  /** Who owns the file once it exists; see `Claim`. */
  readonly claim: Claim;
  /** In a `shared` file: what identifies our former part. Recorded as long as a failed change has not removed that part. */
  readonly replaces?: string;
  /** The present file could not be read, so `content` has no meaning: the Change fails with this error. */
  readonly fault?: Error;
  /** A file of the kernel, which is written to and cannot be replaced. */
  readonly inPlace?: true;
  /** The content is a secret: masked in diffs, never in a report. */
  readonly secret?: boolean;
}

/**
 * `ours-until-edited`: the agent owns it until it is edited by hand.
 * `always`: it follows the metadata, edited or not (provision data, files under the agent's own names).
 * `once`: created if it is missing, and replaced only if the agent wrote the last version.
 * `shared`: others own the file, and `content` changes only the agent's part of it; what was there before is kept.
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
   * `always`: the link replaces whatever is there. `once`: it is made only if nothing is there, and has no owner then. By
   * default, what somebody else put there after the agent made the link is kept.
   */
  readonly claim?: 'always' | 'once';
  /** An init system starts a service because of the link, so removing the link disables the service. */
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
  /** Keep it if it differs from what the agent last wrote. */
  readonly claim?: 'ours-until-edited' | 'always';
}

/** One rename() and nothing else; needed as long as `from` exists. */
export interface RenameChange extends Described {
  readonly kind: 'rename';
  readonly from: string;
  readonly to: string;
}

/**
 * Files that a program makes. The program runs in a new folder beside `directory`. The files that it leaves there are
 * checked, synced and moved into place together. Always applied if it is planned.
 */
export interface GeneratedChange extends Described {
  readonly kind: 'generated';
  readonly directory: string;
  readonly files: readonly { readonly name: string; readonly mode: number; readonly owner?: Owner }[];
  readonly argv: readonly [string, ...string[]];
}

/** A program that runs on the machine. If the root is not the running system, it is only listed. */
export interface CommandChange extends Described {
  readonly kind: 'command';
  readonly argv: readonly [string, ...string[]];
  /** The program that runs instead if it fails; not for a script. */
  readonly otherwise?: readonly [string, ...string[]];
  /** Its deadline, in seconds; every command has one. */
  readonly deadline: number;
  /** The log for its output (mode 0600, of limited size). Without one, the end of the output is kept for an error. */
  readonly output?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Exit statuses besides 0 that mean success. */
  readonly accept?: readonly number[];
  /** Recorded under this name as a script of this boot. It does not run again in the same boot unless it is named. */
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
