/** Bytes of a file: at most `length` from `offset`. */
export type ReadAt = (offset: number, length: number) => Buffer;

/** What a program or library tells the dynamic loader. */
export interface Elf {
  /** The loader that it asks for; libraries name none. */
  readonly interpreter: string | undefined;
  /** The libraries that it needs, by name. */
  readonly needed: readonly string[];
  /** The versions that it needs of each library: `libc.so.6` → `GLIBC_2.28`, … */
  readonly requires: ReadonlyMap<string, readonly string[]>;
  /** The versions that it provides. */
  readonly provides: ReadonlySet<string>;
}

const magic = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
const machineAmd64 = 62;
const segment = { load: 1, dynamic: 2, interpreter: 3 } as const;
const tag = {
  needed: 1,
  strings: 5,
  stringsSize: 10,
  provides: 0x6ffffffc,
  providesCount: 0x6ffffffd,
  requires: 0x6ffffffe,
  requiresCount: 0x6fffffff,
} as const;

/** No table in a real file is larger; a file that claims more is not read as a library. */
const tableLimit = 4 * 1024 * 1024;
/** No chain in a real file is longer. */
const chainLimit = 1000;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/**
 * Read what the dynamic loader reads from a 64-bit x86 file: elf(5) and the LSB's symbol versions. Undefined for any
 * other file, and for one whose tables point outside the file.
 */
export function readElf(readAt: ReadAt): Elf | undefined {
  try {
    const header = readAt(0, 64);
    if (header.length < 64 || !header.subarray(0, magic.length).equals(magic)) return undefined;
    if (header.readUInt16LE(18) !== machineAmd64) return undefined;
    return readTables(readAt, readSegments(header, readAt));
  } catch (error) {
    // Buffer throws this if a table ends before its entries do.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readSegments(header: Buffer, readAt: ReadAt): readonly Segment[] {
  const start = Number(header.readBigUInt64LE(32));
  const size = header.readUInt16LE(54);
  const count = header.readUInt16LE(56);
  const table = readAt(start, size * count);
  return Array.from({ length: count }, (_, index) => {
    const at = index * size;
    return {
      type: table.readUInt32LE(at),
      offset: Number(table.readBigUInt64LE(at + 8)),
      address: Number(table.readBigUInt64LE(at + 16)),
      size: Number(table.readBigUInt64LE(at + 32)),
    };
  });
}

function readTables(readAt: ReadAt, segments: readonly Segment[]): Elf {
  const loaded = segments.filter(({ type }) => type === segment.load);
  const atAddress = (address: number, length: number): Buffer => {
    const home = loaded.find((load) => address >= load.address && address < load.address + load.size);
    if (home === undefined || length > tableLimit) throw new RangeError('a table outside the file');
    const offset = address - home.address;
    return readAt(home.offset + offset, Math.min(length, home.size - offset));
  };
  const whole = (type: number): Buffer | undefined => {
    const found = segments.find((candidate) => candidate.type === type);
    return found === undefined || found.size > tableLimit ? undefined : readAt(found.offset, found.size);
  };
  const dynamic = readDynamic(whole(segment.dynamic) ?? Buffer.alloc(0));
  const one = (which: number) => dynamic.find(({ key }) => key === which)?.value;
  const strings = atAddressOrNone(atAddress, one(tag.strings), one(tag.stringsSize) ?? 0);
  const text = (offset: number) => strings.toString('latin1', offset, strings.indexOf(0, offset));
  const chain = (which: number) => atAddressOrNone(atAddress, one(which), tableLimit);
  return {
    interpreter: whole(segment.interpreter)?.toString('latin1').replace(/\0.*$/s, ''),
    needed: dynamic.filter(({ key }) => key === tag.needed).map(({ value }) => text(value)),
    requires: readRequires(chain(tag.requires), one(tag.requiresCount) ?? 0, text),
    provides: readProvides(chain(tag.provides), one(tag.providesCount) ?? 0, text),
  };
}

function atAddressOrNone(
  atAddress: (address: number, length: number) => Buffer,
  address: number | undefined,
  length: number,
): Buffer {
  return address === undefined ? Buffer.alloc(0) : atAddress(address, length);
}

function readDynamic(table: Buffer): readonly { readonly key: number; readonly value: number }[] {
  return Array.from({ length: Math.floor(table.length / 16) }, (_, index) => ({
    key: Number(table.readBigUInt64LE(index * 16)),
    value: Number(table.readBigUInt64LE(index * 16 + 8)),
  }));
}

/** Elf64_Verneed: a library, and a chain of Elf64_Vernaux, the versions of it. */
function readRequires(
  table: Buffer,
  count: number,
  text: (offset: number) => string,
): ReadonlyMap<string, readonly string[]> {
  const requires = new Map<string, readonly string[]>();
  for (
    let entry = 0, at = 0;
    entry < Math.min(count, chainLimit);
    entry++, at += table.readUInt32LE(at + 12)
  ) {
    const versions: string[] = [];
    let version = at + table.readUInt32LE(at + 8);
    for (let left = Math.min(table.readUInt16LE(at + 2), chainLimit); left > 0; left--) {
      versions.push(text(table.readUInt32LE(version + 8)));
      version += table.readUInt32LE(version + 12);
    }
    requires.set(text(table.readUInt32LE(at + 4)), versions);
  }
  return requires;
}

/** Elf64_Verdef, whose first Elf64_Verdaux is the version's name. */
function readProvides(table: Buffer, count: number, text: (offset: number) => string): ReadonlySet<string> {
  const provides = new Set<string>();
  for (let entry = 0, at = 0; entry < Math.min(count, chainLimit); entry++, at += table.readUInt32LE(at + 16))
    provides.add(text(table.readUInt32LE(at + table.readUInt32LE(at + 12))));
  return provides;
}
