/** A minimal 64-bit x86 ELF file: as much as the dynamic loader reads before it looks for libraries. */
export function elf(parts: {
  readonly interpreter?: string;
  readonly requires?: Readonly<Record<string, readonly string[]>>;
  readonly provides?: readonly string[];
}): Buffer {
  const requires = Object.entries(parts.requires ?? {});
  const provides = parts.provides ?? [];
  const strings = ['\0'];
  const offsetOf = (text: string): number => {
    const offset = Buffer.byteLength(strings.join(''));
    strings.push(`${text}\0`);
    return offset;
  };
  const needed = requires.map(([library]) => [1, offsetOf(library)] as const);
  const requiresTable = requires.map(([library, versions], index) => {
    const versionTable = versions.map((version, at) =>
      words(0, 0, offsetOf(version), at + 1 < versions.length ? 16 : 0),
    );
    const size = 16 + 16 * versions.length;
    const head = Buffer.alloc(16);
    head.writeUInt16LE(1, 0);
    head.writeUInt16LE(versions.length, 2);
    head.writeUInt32LE(offsetOf(library), 4);
    head.writeUInt32LE(16, 8);
    head.writeUInt32LE(index + 1 < requires.length ? size : 0, 12);
    return Buffer.concat([head, ...versionTable]);
  });
  const providesTable = provides.map((version, index) =>
    words(1, 1, 0, 20, index + 1 < provides.length ? 28 : 0, offsetOf(version), 0),
  );
  const interpreter = Buffer.from(`${parts.interpreter ?? ''}\0`);
  const text = Buffer.from(strings.join(''));
  const tables = [Buffer.concat(requiresTable), Buffer.concat(providesTable), text, interpreter];
  const headers = 64 + 3 * 56;
  const starts = tables.map((_, index) =>
    tables.slice(0, index).reduce((sum, table) => sum + table.length, headers),
  );
  const [requiresAt = 0, providesAt = 0, textAt = 0, interpreterAt = 0] = starts;
  const dynamic = Buffer.concat(
    [
      ...needed,
      [5, textAt] as const,
      [10, text.length] as const,
      ...(requires.length === 0
        ? []
        : ([
            [0x6ffffffe, requiresAt],
            [0x6fffffff, requires.length],
          ] as const)),
      ...(provides.length === 0
        ? []
        : ([
            [0x6ffffffc, providesAt],
            [0x6ffffffd, provides.length],
          ] as const)),
      [0, 0] as const,
    ].map(([key, value]) => longs(key, value)),
  );
  const dynamicAt = interpreterAt + interpreter.length;
  const size = dynamicAt + dynamic.length;
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(3, 16);
  header.writeUInt16LE(62, 18);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(parts.interpreter === undefined ? 2 : 3, 56);
  return Buffer.concat([
    header,
    segment(1, 0, size),
    segment(2, dynamicAt, dynamic.length),
    segment(3, interpreterAt, interpreter.length),
    ...tables,
    dynamic,
  ]);
}

/** Mapped where it lies in the file. */
function segment(type: number, offset: number, size: number): Buffer {
  return Buffer.concat([words(type, 4), longs(offset, offset, offset, size, size, 1)]);
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, index * 4);
  return buffer;
}

function longs(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) buffer.writeBigUInt64LE(BigInt(value), index * 8);
  return buffer;
}
