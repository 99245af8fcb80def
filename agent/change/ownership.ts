import { crypto } from '../system/crypto.ts';
import { isPlatformWritten } from '../system/platform-mark.ts';
import type { Entry } from '../system/root.ts';
import type { State } from '../system/state.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { Claim } from './change.ts';

const edited = 'edited by hand';
const notKnown = "not known to be the agent's: its record of what it wrote was lost";

/**
 * The largest file, in bytes, that is compared with the desired content. A metadata value can have 128 MiB. The program
 * itself, which a Dockerfile may have copied to the place of its command, has 137 MB (a plain build).
 */
export const largest = 256 * 1024 * 1024;

/** What is at a path, as far as ownership depends on it. */
export interface Found {
  readonly entry: Entry;
  /** Of a regular file. */
  readonly content?: Buffer;
  /** Of a symbolic link. */
  readonly target?: string;
}

/** Look at a path whose `entry` may be known; undefined if nothing is there. Does not follow a link. Throws RootError. */
export function lookAtPath(
  path: string,
  root: ReadableRoot,
  entry: Entry | undefined = root.entry(path),
): Found | undefined {
  if (entry === undefined) return undefined;
  const content = entry.kind === 'file' ? root.read(path, largest) : undefined;
  const target = entry.kind === 'link' ? root.linkTarget(path) : undefined;
  return { entry, ...(content && { content }), ...(target !== undefined && { target }) };
}

/** SHA-256 of a file's content, in hexadecimal: how the agent recognizes what it wrote. */
export function fingerprint(content: string | Buffer): string {
  return crypto().createHash('sha256').update(content).digest('hex');
}

/** How the agent recognizes a link that it made. It cannot be mistaken for a SHA-256. */
export function linkFingerprint(target: string): string {
  return `link ${target}`;
}

/**
 * How the agent recognizes the mode and owner that it gave to a file: `0644 0:0`. Without root rights it cannot choose an
 * owner, and records none: the files of an image that a user builds belong to root in the instance.
 */
export function attributesOf({ mode, uid, gid }: Entry): string {
  const bits = mode.toString(8).padStart(4, '0');
  return process.geteuid?.() === 0 ? `${bits} ${uid}:${gid}` : bits;
}

/**
 * Why the agent must keep what is at a path, for a person; undefined if the agent may change it. It may change what is
 * still as it last wrote it: a file by content, mode and owner, a link by its target. It may also change what came with
 * the image, and what the platform's scripts wrote.
 */
export function reasonToKeep(path: string, found: Found, claim: Claim, state: State): string | undefined {
  if (claim === 'always' || claim === 'shared' || isAsWritten(path, found, state)) return undefined;
  const isEmpty = found.content?.length === 0;
  if (claim === 'once') {
    if (isEmpty) return undefined;
    return (state.files[path] ?? state.pending?.[path]) === undefined ? 'was there before' : edited;
  }
  if (isEmpty || (found.content !== undefined && isPlatformWritten(found.content))) return undefined;
  if (state.files[path] !== undefined) return edited;
  // If only an intention is on record, the first run was killed before it replaced what came with the image.
  return state.lost === undefined || state.pending?.[path] !== undefined ? undefined : notKnown;
}

/** Why the agent must not remove what is at a path: it differs from what the agent last wrote. */
export function reasonNotToRemove(path: string, found: Found, state: State): string | undefined {
  return isAsWritten(path, found, state) ? undefined : edited;
}

/** Whether what is at a path is on record and unchanged since the agent wrote it. */
export function isAsWritten(path: string, found: Found, state: State): boolean {
  const recorded = [state.files[path], state.pending?.[path]].filter((one) => one !== undefined);
  if (recorded.length === 0) return false;
  const now = found.content === undefined ? linkOf(found) : fingerprint(found.content);
  return now !== undefined && recorded.includes(now) && !hasOtherAttributes(path, found, state);
}

function linkOf({ target }: Found): string | undefined {
  return target === undefined ? undefined : linkFingerprint(target);
}

/**
 * Whether the mode or owner of a file changed since the agent wrote it. Earlier versions recorded neither. While a write is
 * pending, the file may be the old one or the new one.
 */
function hasOtherAttributes(path: string, { entry }: Found, { modes, pending }: State): boolean {
  const recorded = modes?.[path];
  if (entry.kind !== 'file' || recorded === undefined || pending?.[path] !== undefined) return false;
  const now = attributesOf(entry);
  return recorded.includes(' ') && now.includes(' ')
    ? now !== recorded
    : now.slice(0, 4) !== recorded.slice(0, 4);
}
