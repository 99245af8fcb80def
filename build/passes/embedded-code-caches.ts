import { DoesNotApply } from './does-not-apply.ts';

/** SerializedCodeData in V8's code-serializer.h. After the magic number: a hash of the version, one of the source, one of the flags, a checksum, the payload's length, another. */
const [versionAt, lengthAt, headerSize] = [4, 20, 32];
/** Node.js 24 has some 390 modules. */
const fewest = 300;

/**
 * Overwrite the code caches of Node's own modules with zeros, in place: those that stand in the program beside Node's
 * own heap snapshot. The agent starts from a snapshot of its own, and never looks at them. Gives the number of bytes.
 * Throws DoesNotApply if there is no such row of caches.
 */
export function dropEmbeddedCodeCaches(program: Buffer, magic: Buffer): number {
  const row = findRow(program, magic);
  for (const { start, end } of row) program.fill(0, start, end);
  return row.reduce((sum, { start, end }) => sum + end - start, 0);
}

interface Cache {
  readonly start: number;
  readonly end: number;
}

/** The longest row of caches of one version of V8, each of which begins where the one before ends, but for alignment. */
function findRow(program: Buffer, magic: Buffer): readonly Cache[] {
  let row: Cache[] = [];
  for (let at = program.indexOf(magic); at !== -1; at = program.indexOf(magic, at + 1)) {
    const last = row.at(-1);
    const continues =
      last !== undefined &&
      at >= last.end &&
      at - last.end < 64 &&
      program.readUInt32LE(at + versionAt) === program.readUInt32LE(last.start + versionAt);
    if (!continues) {
      if (row.length >= fewest) return row;
      row = [];
    }
    row.push({ start: at, end: at + headerSize + program.readUInt32LE(at + lengthAt) });
  }
  if (row.length >= fewest) return row;
  throw new DoesNotApply('the program holds no row of code caches as Node.js 24 has it');
}
