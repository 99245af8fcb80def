import { DoesNotApply } from './does-not-apply.ts';
/**
 * Take the code cache of Node's own modules out of the heap snapshot in a program, in place: its list is made empty, its
 * bytes zero. Node reads, copies and indexes all of it at each start, some 4.7 MiB, and a boot needs none of it: its
 * modules are in the snapshot, compiled. What else is loaded later is compiled from its source. Gives the number of bytes.
 *
 * The list is the last part of a snapshot (SnapshotData::ToBlob in Node's src/node_snapshotable.cc): a count, then for
 * each module its name and its cache, each with its length before it, numbers of 64 bits. Throws DoesNotApply when that is not so.
 */
export function dropSnapshotCodeCache(program: Buffer, magic: Buffer): number {
  const { start, end } = findList(program, magic);
  program.fill(0, start, end);
  return end - start;
}

/** Where the list of code caches begins and ends: the only place from which its whole chain of lengths leads on. */
function findList(bytes: Buffer, magic: Buffer): { start: number; end: number } {
  for (let at = bytes.indexOf(magic); at !== -1; at = bytes.indexOf(magic, at + 1)) {
    const start = beforeFirstEntry(bytes, at);
    const end = start === undefined ? undefined : endOfList(bytes, start, magic);
    if (start !== undefined && end !== undefined) return { start, end };
  }
  throw new DoesNotApply('the snapshot in the binary holds no list of code caches as Node.js 24 writes it');
}

/** From the first cache back over its length, its module's name and that one's length to the count. */
function beforeFirstEntry(bytes: Buffer, cache: number): number | undefined {
  for (let length = 1; length <= longestName; length++) {
    const name = cache - 8 - length;
    if (number(bytes, name - 8) === length && isName(bytes, name, length)) return name - 16;
  }
  return undefined;
}

function endOfList(bytes: Buffer, start: number, magic: Buffer): number | undefined {
  const count = number(bytes, start);
  if (count === undefined || count < 100 || count > 1000) return undefined;
  let at = start + 8;
  for (let entry = 0; entry < count; entry++) {
    const length = number(bytes, at);
    if (length === undefined || length > longestName || !isName(bytes, at + 8, length)) return undefined;
    const cache = at + 8 + length;
    const size = number(bytes, cache);
    if (size === undefined || !bytes.subarray(cache + 8, cache + 12).equals(magic)) return undefined;
    at = cache + 8 + size;
  }
  return at;
}

const longestName = 100;

function isName(bytes: Buffer, start: number, length: number): boolean {
  return /^[\w/.-]+$/.test(bytes.toString('latin1', start, start + length));
}

function number(bytes: Buffer, at: number): number | undefined {
  if (at < 0 || at + 8 > bytes.length) return undefined;
  const value = bytes.readBigUInt64LE(at);
  return value < bytes.length ? Number(value) : undefined;
}
