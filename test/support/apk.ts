import { createHash } from 'node:crypto';
import { crc32, inflateRawSync } from 'node:zlib';
import * as v from 'valibot';

/** An entry of a tar archive, with the pax attributes of its own. */
export interface TarEntry {
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content: Buffer;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Apk {
  readonly information: Readonly<Record<string, string>>;
  readonly scripts: ReadonlyMap<string, TarEntry>;
  readonly files: readonly TarEntry[];
}

/**
 * Read an unsigned package of apk-tools' second format, and throw at anything that it would refuse or that is not
 * plain: two gzip streams and nothing behind them; a control segment whose tar has no end, with .PKGINFO first; a data
 * segment that ends as tar does, is the one that `datahash` names, holds each folder before what is in it, and each
 * file with the SHA-1 of its content.
 */
export function readApk(bytes: Buffer): Apk {
  const control = gunzipOne(bytes, 0);
  const data = gunzipOne(bytes, control.end);
  check(data.end === bytes.length, 'two streams and nothing behind them');

  const [first, ...scripts] = readTar(control.content, false);
  check(first?.path === '.PKGINFO', '.PKGINFO first');
  const information = readInformation(first?.content.toString('utf8') ?? '');
  const compressed = bytes.subarray(control.end);
  check(
    information.datahash === createHash('sha256').update(compressed).digest('hex'),
    'the hash of the data',
  );

  const files = readTar(data.content, true);
  const folders = new Set(['.']);
  for (const { path, kind, content, attributes } of files) {
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
    check(folders.has(parent), `the folder of ${path} before it`);
    if (kind === 'folder') folders.add(path);
    else
      check(
        attributes['APK-TOOLS.checksum.SHA1'] === createHash('sha1').update(content).digest('hex'),
        `the checksum of ${path}`,
      );
  }
  return { information, scripts: new Map(scripts.map((script) => [script.path, script])), files };
}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`not so in this package: ${what}`);
}

const inflated = v.object({
  buffer: v.instance(Buffer),
  engine: v.looseObject({ bytesWritten: v.number() }),
});

/** One gzip stream (RFC 1952) without optional fields, its checksum and length verified; `end` is behind it. */
function gunzipOne(bytes: Buffer, start: number): { content: Buffer; end: number } {
  check(
    bytes.subarray(start, start + 4).equals(Buffer.from([0x1f, 0x8b, 8, 0])),
    `a gzip stream at ${start}`,
  );
  const { buffer, engine } = v.parse(inflated, inflateRawSync(bytes.subarray(start + 10), { info: true }));
  const trailer = start + 10 + engine.bytesWritten;
  check(bytes.readUInt32LE(trailer) === crc32(buffer), 'the checksum of a stream');
  check(bytes.readUInt32LE(trailer + 4) === buffer.length, 'the length of a stream');
  return { content: buffer, end: trailer + 8 };
}

function readInformation(text: string): Record<string, string> {
  check(text.endsWith('\n'), '.PKGINFO ends its last line');
  return Object.fromEntries(
    text
      .slice(0, -1)
      .split('\n')
      .map((line) => {
        const [, key, value] = /^([a-z]+) = (\S.*)$/.exec(line) ?? [];
        check(key !== undefined && value !== undefined, `key and value in ${JSON.stringify(line)}`);
        return [key, value];
      }),
  );
}

/** A ustar archive, pax(1), to its last byte; with or without the two empty blocks at the end. */
function readTar(bytes: Buffer, ended: boolean): TarEntry[] {
  const end = bytes.length - (ended ? 1024 : 0);
  check(
    bytes.subarray(end).every((byte) => byte === 0),
    'two empty blocks at the end',
  );
  const entries: TarEntry[] = [];
  let attributes: Record<string, string> = {};
  for (let at = 0; at < end; ) {
    const header = bytes.subarray(at, at + 512);
    const number = (from: number, length: number) => {
      const digits = /^([0-7]+)[\0 ]+$/.exec(header.toString('latin1', from, from + length))?.[1];
      check(digits !== undefined, `a number in the header at ${at}`);
      return Number.parseInt(digits, 8);
    };
    const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
    check(number(148, 8) === sum, `the checksum of the header at ${at}`);
    check(header.toString('latin1', 257, 265) === 'ustar\x0000', `a ustar header at ${at}`);
    const path = header.toString('utf8', 0, 100).replace(/\0+$/, '');
    check(/^[^/\0]/.test(path) && !path.split('/').includes('..'), `a path inside the root: ${path}`);
    const size = number(124, 12);
    const content = bytes.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
    check(at <= end, `the whole content of ${path}`);
    const kind = header.toString('latin1', 156, 157);
    if (kind === 'x') {
      attributes = readAttributes(content);
      continue;
    }
    check(kind === '0' || kind === '5', `a file or folder: ${path}`);
    check((kind === '5') === path.endsWith('/'), `a folder's name with a slash, and no other: ${path}`);
    entries.push({
      path: path.replace(/\/$/, ''),
      kind: kind === '5' ? 'folder' : 'file',
      mode: number(100, 8),
      uid: number(108, 8),
      gid: number(116, 8),
      content,
      attributes,
    });
    attributes = {};
  }
  return entries;
}

/** Records of a pax header: each with its own length in front. */
function readAttributes(content: Buffer): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (let at = 0; at < content.length; ) {
    const length = Number(/^\d+(?= )/.exec(content.toString('latin1', at, at + 8))?.[0]);
    const [, key, value] = /^\d+ ([^=]+)=(.*)\n$/s.exec(content.toString('utf8', at, at + length)) ?? [];
    check(key !== undefined && value !== undefined, 'a whole pax record');
    attributes[key] = value;
    at += length;
  }
  return attributes;
}
