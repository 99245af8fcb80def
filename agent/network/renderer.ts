import type { FileChange } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { Interface, Network } from './model.ts';

/** One format of network files. */
export interface Renderer {
  /** Whether a path may be one of the files that this renderer writes: how files for a NIC that is gone are found. */
  owns(path: string): boolean;
  /** The files that say what the network is to be. Reads the root only to see what is included from where. */
  files(network: Network, root: ReadableRoot): RenderedFile[] | Promise<RenderedFile[]>;
  /** Where others' files are that may configure an interface of ours too. */
  readonly others?: readonly OthersFiles[];
  /** What in a root keeps its network service from its work. */
  readonly idle?: readonly Idle[];
  /** The links that a `linked` file of its is no use without. They go when the file goes. */
  linksOf?(path: string): readonly RenderedLink[];
  /** What has the running system take up a file that changes in the early stage, where it read it before that. */
  takeUp?(path: string): readonly [string, ...string[]] | undefined;
}

/**
 * A network file; `shared` where only a part of it is ours: then a character of `content` is a byte (latin1), so that
 * others' lines stay byte for byte in whatever encoding they are.
 */
export interface RenderedFile {
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
  readonly claim?: FileChange['claim'];
  readonly linked?: boolean;
  /** Of a `shared` file: why it could not be read. */
  readonly fault?: Error;
}

/** A symbolic link; the target is written as given. */
export interface RenderedLink {
  readonly path: string;
  readonly target: string;
}

/** A folder with files of others', an installer's as a rule, and what in them names an interface. */
export interface OthersFiles {
  readonly folder: string;
  /** Where the folder holds links to services: the file that says what such a service does, if it is there. */
  readonly settings?: string;
  readonly isOne: (name: string) => boolean;
  readonly configures: (text: string, one: Interface, name: string) => boolean;
}

/** What in a root keeps a network service from its work: a file with this in it, or a unit that is masked. */
export type Idle = { readonly file: string; readonly holds: RegExp } | { readonly masked: string };
