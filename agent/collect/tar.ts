const block = 512;
const type = { file: '0', folder: '5', extended: 'x' } as const;

/** Two empty blocks end an archive, pax(1). */
export const endOfArchive = Buffer.alloc(2 * block);

/** A folder as an entry of a tar archive; `date` in seconds since 1970. */
export function folderEntry(path: string, mode: number, date = now()): Buffer {
  return header(`${path}/`, 0, mode, type.folder, date);
}

/** A file, owned by root, with extended attributes in a header of its own, as pax(1) describes. */
export function fileEntry(
  path: string,
  content: Buffer,
  mode: number,
  attributes: Readonly<Record<string, string>> = {},
  date = now(),
): Buffer {
  const records = Buffer.from(
    Object.entries(attributes)
      .map(([key, value]) => record(key, value))
      .join(''),
  );
  const extended =
    records.length === 0
      ? []
      : [header(`${path}.pax`.slice(-99), records.length, 0o644, type.extended, date), padded(records)];
  return Buffer.concat([...extended, header(path, content.length, mode, type.file, date), padded(content)]);
}

/** `27 key=value\n`, where the number counts itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function header(path: string, size: number, mode: number, kind: string, date: number): Buffer {
  if (Buffer.byteLength(path) > 100) throw new Error(`${path}: too long for a tar header`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, at: number, length: number) =>
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  bytes.write(path, 0, 'utf8');
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(date, 136, 12);
  bytes.write(' '.repeat(8), 148, 'latin1');
  bytes.write(kind, 156, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  bytes.write('root', 265, 'latin1');
  bytes.write('root', 297, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((block - (content.length % block)) % block)]);
}
