import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { timestamp } from './clock.ts';
import { errorCode } from './root-error.ts';

/** The most that a log may hold, in bytes. */
const limit = 4 * 1024 * 1024;
const mark = Buffer.from('\n[lx-agent: the log is full; what followed was cut]\n');
const watchMilliseconds = 250;

/**
 * The log file that a program writes to directly, so that what it leaves in the background can go on writing there.
 * While the program runs, the file is watched and cut at the limit; a log that was half full before goes to `.1`.
 */
export class Log {
  readonly descriptor: number;
  readonly #start: number;
  readonly #watch: NodeJS.Timeout;
  #full = false;
  #lastBeforeCut: Buffer = Buffer.alloc(0);

  /**
   * Opens the file (created 0600), never through a link. With a title, a line that names it and the time parts this run
   * from the one before.
   */
  constructor(path: string, title?: string) {
    const opened = openLog(path);
    if (fstatSync(opened).size > limit / 2) {
      closeSync(opened);
      renameSync(path, `${path}.1`);
      this.descriptor = openLog(path);
    } else this.descriptor = opened;
    if (title !== undefined) this.#begin(title);
    this.#start = fstatSync(this.descriptor).size;
    this.#watch = setInterval(() => this.#cut(), watchMilliseconds);
    this.#watch.unref();
  }

  #begin(title: string): void {
    const last = Buffer.alloc(1);
    const { size } = fstatSync(this.descriptor);
    const ended = size === 0 || (readSync(this.descriptor, last, 0, 1, size - 1) === 1 && last[0] === 10);
    try {
      writeSync(this.descriptor, `${ended ? '' : '\n'}${runMark(title, new Date())}\n`);
    } catch (error) {
      // The disk is full, say: the program runs all the same, and its output may yet find room.
      if (errorCode(error) === undefined) throw error;
    }
  }

  /** The last of what was written since the log was opened. */
  tail(length: number): string {
    this.#cut();
    try {
      const last = this.#full ? this.#lastBeforeCut : this.#last(length);
      return last.subarray(-length).toString('utf8');
    } catch (error) {
      return `[the log cannot be read: ${error instanceof Error ? error.message : error}]`;
    }
  }

  close(): void {
    clearInterval(this.#watch);
    try {
      closeSync(this.descriptor);
    } catch {
      // The program has written all that it will; what the file system says of it later changes nothing.
    }
  }

  /** A log that cannot be cut now may be the next time; the program that writes to it must not suffer. */
  #cut(): void {
    try {
      this.#cutIfTooLong();
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
    }
  }

  #cutIfTooLong(): void {
    const end = limit + (this.#full ? mark.length : 0);
    if (fstatSync(this.descriptor).size <= end) return;
    this.#lastBeforeCut = this.#last(4096);
    ftruncateSync(this.descriptor, limit);
    writeSync(this.descriptor, mark);
    this.#full = true;
  }

  #last(length: number): Buffer {
    const { size } = fstatSync(this.descriptor);
    const from = Math.max(this.#start, size - length);
    const buffer = Buffer.alloc(Math.max(0, size - from));
    return buffer.subarray(0, readSync(this.descriptor, buffer, 0, buffer.length, from));
  }
}

/** The line before the output of a run: `[lx-agent: 2026-11-26T07:05:22.123Z: /var/svc/mdata-user-script]`. */
export function runMark(title: string, moment: Date): string {
  return `[lx-agent: ${timestamp(moment)}: ${title.replaceAll(/[^ -~]/g, '?')}]`;
}

function openLog(path: string): number {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  return openSync(path, flags, 0o600);
}
