import { crc32 } from 'node:zlib';

/** A request to the metadata server; V1 knows only GET. */
export interface Request {
  /** Eight lower-case hexadecimal digits, as the server requires. */
  readonly id: string;
  readonly verb: 'GET' | 'PUT' | 'DELETE' | 'KEYS';
  /** The key of a GET or DELETE, the packed pair of a PUT (see `pairArgument`), nothing for KEYS. */
  readonly argument: string;
}

export type ReplyStatus = 'SUCCESS' | 'NOTFOUND' | 'FAILURE';

export interface Reply {
  readonly status: ReplyStatus;
  readonly value: Buffer;
}

/** The longest accepted answer, in bytes on the wire. */
export const answerLimit = 128 * 1024 * 1024;

/** The received bytes exceed the limit, and the frame has not ended. */
export class FrameTooLong extends Error {
  override readonly name = 'FrameTooLong';
}

export interface FrameReader {
  /** Throws FrameTooLong when the bytes not yet taken exceed the limit. */
  push(chunk: Buffer): void;
  /** The bytes before the next separator, which is dropped; undefined until the separator arrives. */
  take(separator: string): Buffer | undefined;
  /** The first of the bytes not yet taken. */
  head(length: number): Buffer;
}

/**
 * Splits a byte stream at separators, whatever its chunks. Each byte is searched once. The storage doubles, so each
 * byte is copied a bounded number of times. The time is proportional to the length of the answer.
 */
export function frameReader(limit: number = answerLimit): FrameReader {
  let bytes = Buffer.alloc(0);
  let start = 0;
  let searched = 0;
  let end = 0;
  return {
    push(chunk) {
      const pending = end - start;
      if (pending + chunk.length > limit) throw new FrameTooLong(`more than ${limit} bytes in one answer`);
      if (end + chunk.length > bytes.length) {
        // New storage, never moved in place: slices of the old storage stay valid.
        const grown = Buffer.allocUnsafe(Math.max(65536, 2 * (pending + chunk.length)));
        bytes.copy(grown, 0, start, end);
        bytes = grown;
        searched -= start;
        start = 0;
        end = pending;
      }
      end += chunk.copy(bytes, end);
    },
    take(separator) {
      const at = bytes.subarray(0, end).indexOf(separator, searched, 'latin1');
      if (at === -1) {
        searched = Math.max(start, end - separator.length + 1);
        return undefined;
      }
      const taken = bytes.subarray(start, at);
      start = at + separator.length;
      searched = start;
      return taken;
    },
    head: (length) => bytes.subarray(start, Math.min(end, start + length)),
  };
}

/** The argument of a PUT, `base64(key) base64(value)`. */
export function pairArgument(key: string, value: Buffer): string {
  return `${Buffer.from(key).toString('base64')} ${value.toString('base64')}`;
}

/** A V2 frame around a body, which must be ASCII: the server counts characters, not bytes. */
function frameV2(body: string): string {
  return `V2 ${body.length} ${checksum(body)} ${body}\n`;
}

/** A request as one V2 line. */
export function encodeRequestV2(request: Request): string {
  const argument = Buffer.from(request.argument).toString('base64');
  return frameV2(`${request.id} ${request.verb}${argument === '' ? '' : ` ${argument}`}`);
}

/** A V2 reply line without its newline; undefined when length, checksum or form is wrong. */
export function decodeReplyV2(line: Buffer): (Reply & { readonly id: string }) | undefined {
  const [version, length, sum, id, status] = line.toString('latin1', 0, 64).split(' ', 5);
  if (version !== 'V2' || id === undefined || !isReplyStatus(status)) return undefined;
  const body = line.subarray(`V2 ${length} ${sum} `.length);
  if (String(body.length) !== length || checksum(body) !== sum) return undefined;
  const value = line.toString('latin1', `V2 ${length} ${sum} ${id} ${status} `.length);
  return { id, status, value: Buffer.from(value, 'base64') };
}

/** The id at the start of a V2 reply, which may still be incomplete. */
export function replyIdV2(head: Buffer): string | undefined {
  return /^V2 \d+ [0-9a-f]{8} ([0-9a-f]{8}) /.exec(head.toString('latin1'))?.[1];
}

/** Whether V1, a protocol of bare lines, can carry this request. */
export function fitsV1(request: Request): boolean {
  return request.verb === 'GET' && !/[\n\r]/.test(request.argument);
}

/** The end of a V1 value. */
export const endOfValueV1 = '\n.\n';

/** The value between `SUCCESS\n` and `\n.\n`: the server adds a dot to each line that starts with one. */
export function unescapeV1(text: Buffer): Buffer {
  return Buffer.from(text.toString('latin1').replace(/(^|\n)\.\./g, '$1.'), 'latin1');
}

/** CRC-32 (IEEE) as the server writes and compares it: eight lower-case hexadecimal digits. */
function checksum(body: string | Buffer): string {
  return crc32(body).toString(16).padStart(8, '0');
}

/** Whether a word is one of the three statuses of a reply. */
export function isReplyStatus(word: string | undefined): word is ReplyStatus {
  return word === 'SUCCESS' || word === 'NOTFOUND' || word === 'FAILURE';
}
