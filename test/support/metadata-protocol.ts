import { crc32 } from 'node:zlib';

// The platform's side of the metadata protocol. It shares no code with agent/metadata, which is the guest's side, so
// that a fault in one cannot hide in the other. test/metadata/protocol-vectors.json holds both to the same bytes.

/** The answer to a request, before it is put into a frame of V1 or V2. */
export interface Answer {
  readonly status: 'SUCCESS' | 'NOTFOUND' | 'FAILURE';
  readonly value: Buffer;
}

export interface RequestV2 {
  readonly id: string;
  readonly verb: 'GET' | 'PUT' | 'DELETE' | 'KEYS';
  readonly key: string;
  /** Only a PUT has a value. */
  readonly value: string;
}

/** Gives the lines that a chunk completes, without their newlines, and keeps the rest for the next chunk. */
export function lineSplitter(): (chunk: Buffer) => string[] {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    return lines;
  };
}

/** The key that a V1 line asks for; undefined if the line is not a V1 request. */
export function keyOfRequestV1(line: string): string | undefined {
  const key = line.startsWith('GET ') ? line.slice(4) : '';
  return key === '' ? undefined : Buffer.from(key, 'latin1').toString();
}

/** An answer in V1: each line of the value that starts with a dot has one more, and a lone dot ends the value. */
export function encodeAnswerV1({ status, value }: Answer): Buffer {
  if (status !== 'SUCCESS') return Buffer.from(`${status}\n`);
  const lines = value.toString('latin1').split('\n');
  const stuffed = lines.map((line) => (line.startsWith('.') ? `.${line}` : line));
  return Buffer.from(['SUCCESS', ...stuffed, '.', ''].join('\n'), 'latin1');
}

/** Reads a V2 request; undefined if any part of it is wrong, which the platform answers with silence. */
export function parseRequestV2(line: string): RequestV2 | undefined {
  const [version, length, sum, id = '', verb, argument, ...more] = line.split(' ');
  const body = line.split(' ').slice(3).join(' ');
  if (version !== 'V2' || length !== `${body.length}` || sum !== crcText(body)) return undefined;
  if (!/^[0-9a-f]{8}$/.test(id) || more.length > 0) return undefined;
  if (verb === 'KEYS') return argument === undefined ? { id, verb, key: '', value: '' } : undefined;
  const text = decodeBase64(argument);
  if (text === undefined) return undefined;
  if (verb === 'GET' || verb === 'DELETE')
    return text === '' ? undefined : { id, verb, key: text, value: '' };
  if (verb !== 'PUT') return undefined;
  const words = text.split(' ').map(decodeBase64);
  const [key, value] = words;
  if (words.length !== 2 || key === undefined || value === undefined) return undefined;
  return { id, verb, key, value };
}

/** An answer in V2: a line with the length and the checksum of its body; an empty value has no word. */
export function encodeAnswerV2(id: string, { status, value }: Answer): string {
  const words = [id, status];
  if (value.length > 0) words.push(value.toString('base64'));
  return aroundV2(words.join(' '));
}

/** Puts a frame of V2 around a body, whatever the body holds; a character is a byte. */
export function aroundV2(body: string): string {
  return `V2 ${body.length} ${crcText(body)} ${body}\n`;
}

function crcText(body: string): string {
  return `0000000${crc32(Buffer.from(body, 'latin1')).toString(16)}`.slice(-8);
}

/** The text that a word of base64 stands for; undefined if the word is missing or not in the standard's one form. */
function decodeBase64(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  const bytes = Buffer.from(word, 'base64');
  return bytes.toString('base64') === word ? bytes.toString() : undefined;
}
