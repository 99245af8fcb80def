import type { FileChange } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { Interface, Network } from './model.ts';

/** One format of network files. */
export interface Renderer {
  /** Whether a path may be one of the files that this renderer writes: how files for a NIC that is gone are found. */
  owns(path: string): boolean;
  /** The files that configure the network. Reads the root only to find out which file includes which. */
  files(network: Network, root: ReadableRoot): RenderedFile[] | Promise<RenderedFile[]>;
  /** The places of other owners' files, which may configure our interfaces too. */
  readonly others?: readonly OthersFiles[];
  /** What in a root prevents its network service from working. */
  readonly idle?: readonly Idle[];
  /** The links that a `linked` file needs. They are removed with the file. */
  linksOf?(path: string): readonly RenderedLink[];
  /** The command that reloads a file which changes in the early stage, if the running system has already read it. */
  takeUp?(path: string): readonly [string, ...string[]] | undefined;
}

/**
 * A network file. It is `shared` if only a part of it is ours. Then each character of `content` is a byte (latin1), so
 * that other lines stay unchanged, whatever their encoding.
 */
export interface RenderedFile {
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
  readonly claim?: FileChange['claim'];
  readonly linked?: boolean;
  /** Why a `shared` file could not be read. */
  readonly fault?: Error;
}

/** A symbolic link; the target is written as given. */
export interface RenderedLink {
  readonly path: string;
  readonly target: string;
}

/** A folder with other owners' files, usually an installer's, and a check for an interface that they configure. */
export interface OthersFiles {
  readonly folder: string;
  /** For a folder of links to services: the file that configures such a service, if it exists. */
  readonly settings?: string;
  readonly isOne: (name: string) => boolean;
  readonly configures: (text: string, one: Interface, name: string) => boolean;
}

/** What in a root prevents a network service from working: a file with this content, or a masked unit. */
export type Idle = { readonly file: string; readonly holds: RegExp } | { readonly masked: string };
