import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { crypto } from './crypto.ts';
import { errorCode, isAbsent } from './root-error.ts';

/** The desired permission bits of a file or folder, and its owner if that changes. */
export interface Attributes {
  readonly mode: number;
  readonly uid?: number;
  readonly gid?: number;
  /** False if a power cut may bring back the old content, or none. Then nothing waits for the disk. */
  readonly durable?: boolean;
}

const create = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** How much is written at a time, in bytes. */
export const chunkSize = 65_536;

/**
 * Replace or create a file in one step. After a kill at any moment, and after a power cut if it is durable, the file is
 * either the old one or the new one, complete. The temporary file is in the same folder. It is private until it has its
 * mode and owner, and its name cannot be guessed.
 */
export function writeAtomically(folder: string, name: string, content: Buffer, attributes: Attributes): void {
  replaceAtomically(folder, name, attributes, filledWith(content));
}

/** Create a file in one step if nothing is there. Returns false if something is there, and does not change it. */
export function createAtomically(
  folder: string,
  name: string,
  content: Buffer,
  attributes: Attributes,
): boolean {
  let created = true;
  replaceAtomically(folder, name, attributes, filledWith(content), (temporary, path) => {
    try {
      linkSync(temporary, path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      created = false;
    }
    unlinkSync(temporary);
  });
  return created;
}

function filledWith(content: Buffer) {
  return (descriptor: number) => {
    for (let written = 0; written < content.length; ) written += writeSync(descriptor, content, written);
  };
}

/** The same for content that is produced piece by piece; `place` gives the finished file its name. */
export function replaceAtomically(
  folder: string,
  name: string,
  attributes: Attributes,
  fill: (descriptor: number) => void,
  place: (temporary: string, path: string) => void = renameSync,
): void {
  const temporary = `${folder}/${temporaryName()}`;
  const descriptor = openSync(temporary, create, 0o600);
  try {
    try {
      own(descriptor, attributes);
      fchmodSync(descriptor, attributes.mode);
      fill(descriptor);
      if (attributes.durable !== false) fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    place(temporary, `${folder}/${name}`);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
  if (attributes.durable !== false) syncFolder(folder);
}

function own(descriptor: number, { uid, gid }: Attributes): void {
  if (process.geteuid?.() === 0 && (uid !== undefined || gid !== undefined))
    fchownSync(descriptor, uid ?? 0, gid ?? 0);
}

/** Make a rename or removal in a folder outlive a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some file systems cannot sync a folder and return EINVAL. Nothing more can be done there.
    if (errorCode(error) !== 'EINVAL') throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** A name for a temporary entry: hidden, of this process, not to be guessed. */
export function temporaryName(): string {
  return `.lx-agent-${process.pid}-${unguessable().toString('hex')}`;
}

/** Eight random bytes from the kernel, which is cheaper than loading OpenSSL. A root may have no /dev yet. */
function unguessable(): Buffer {
  const bytes = Buffer.alloc(8);
  try {
    const descriptor = openSync('/dev/urandom', constants.O_RDONLY);
    try {
      if (readSync(descriptor, bytes) === bytes.length) return bytes;
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  return crypto().randomBytes(8);
}

/** Remove what a killed run of the agent left in a folder: temporary files and locks. */
export function sweepTemporaries(folder: string): void {
  for (const name of readdirSync(folder)) {
    const owner = /^\.lx-agent-(\d+)-[0-9a-f]{16}$/.exec(name)?.[1];
    if (owner === '0') sweepLock(`${folder}/${name}`);
    if (owner === undefined || Number(owner) === process.pid || isRunning(Number(owner))) continue;
    rmSync(`${folder}/${name}`, { recursive: true, force: true });
  }
}

/** A lock is a folder that holds the name of its process, `PID-…`; see lock.ts. */
function sweepLock(path: string): void {
  try {
    for (const holder of readdirSync(path)) {
      if (isRunning(Number.parseInt(holder, 10))) return;
      rmdirSync(`${path}/${holder}`);
    }
    rmdirSync(path);
  } catch (error) {
    // Another agent has removed it, or uses it now.
    if (!['ENOENT', 'ENOTEMPTY', 'ENOTDIR', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** The error that is being thrown matters more than an error of the clean-up. The next run removes what is left. */
function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isAbsent(error)) process.emitWarning(`${path}: ${errorCode(error) ?? String(error)}`);
  }
}
