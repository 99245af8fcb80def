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

  /** Opens the file (created 0600), never through a link. */
  constructor(path: string) {
    const opened = openLog(path);
    if (fstatSync(opened).size > limit / 2) {
      closeSync(opened);
      renameSync(path, `${path}.1`);
      this.descriptor = openLog(path);
    } else this.descriptor = opened;
    this.#start = fstatSync(this.descriptor).size;
    this.#watch = setInterval(() => this.#cut(), watchMilliseconds);
    this.#watch.unref();
  }

  /** The last of what was written since the log was opened. */
  tail(length: number): string {
    this.#cut();
    const last = this.#full ? this.#lastBeforeCut : this.#last(length);
    return last.subarray(-length).toString('utf8');
  }

  close(): void {
    clearInterval(this.#watch);
    closeSync(this.descriptor);
  }

  #cut(): void {
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

function openLog(path: string): number {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  return openSync(path, flags, 0o600);
}
