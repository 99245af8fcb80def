import type { FileChange } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { Network } from './model.ts';

/** One format of network files. */
export interface Renderer {
  /** Whether a path may be one of the files that this renderer writes: how files for a NIC that is gone are found. */
  owns(path: string): boolean;
  /** The files that say what the network is to be. Reads the root only to see what is included from where. */
  files(network: Network, root: ReadableRoot): RenderedFile[] | Promise<RenderedFile[]>;
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
