import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deleteKey, getKeys, listKeys, putKey } from '../../agent/metadata/client.ts';
import { conversation } from '../../agent/metadata/conversation.ts';
import { encodeRequestV2, pairArgument } from '../../agent/metadata/frame.ts';
import type { Outcome } from '../../agent/metadata/speaker.ts';
import {
  type Answer,
  encodeAnswerV1,
  encodeAnswerV2,
  keyOfRequestV1,
  parseRequestV2,
  type RequestV2,
} from '../support/metadata-protocol.ts';

interface Vectors {
  readonly requestsV2: readonly { readonly wire: string; readonly request: RequestV2 }[];
  readonly answersV2: readonly AnswerVector[];
  readonly answersV1: readonly Omit<AnswerVector, 'id'>[];
  readonly transcripts: readonly {
    readonly call: string;
    readonly client: string;
    readonly server: string;
  }[];
}

interface AnswerVector {
  readonly wire: string;
  readonly id: string;
  readonly status: Answer['status'];
  readonly value: string;
}

const vectors: Vectors = JSON.parse(readFileSync(join(import.meta.dirname, 'protocol-vectors.json'), 'utf8'));
const framesV2 = [
  ...vectors.requestsV2.map(({ wire }) => wire),
  ...vectors.answersV2.map(({ wire }) => wire),
  ...vectors.transcripts.flatMap(({ client, server }) => `${client}${server}`.match(/V2 \d.*\n/g) ?? []),
];

describe('the vectors', () => {
  test.each(framesV2)('have the length and checksum that other programs calculate: %j', (wire) => {
    const [, length, sum, body = ''] = /^V2 (\d+) ([0-9a-f]{8}) (.*)\n$/.exec(wire) ?? [];
    const bytes = Buffer.from(body);
    // RFC 1952: the last 8 bytes of a gzip stream are the CRC-32 and the length of what it holds.
    const trailer = execFileSync('gzip', ['-c'], { input: bytes }).subarray(-8);
    expect(length).toBe(`${trailer.readUInt32LE(4)}`);
    expect(Number.parseInt(sum ?? '', 16)).toBe(trailer.readUInt32LE(0));
  });

  test.each(vectors.requestsV2)('have the words that base64(1) encodes: $wire', ({ wire, request }) => {
    const base64 = (text: string) => execFileSync('base64', ['-w0'], { input: text }).toString();
    const { id, verb, key, value } = request;
    const argument = verb === 'PUT' ? `${base64(key)} ${base64(value)}` : key;
    const words = verb === 'KEYS' ? [id, verb] : [id, verb, base64(argument)];
    expect(wire.trimEnd().split(' ').slice(3)).toEqual(words);
  });
});

describe('the client', () => {
  test.each(vectors.requestsV2)('writes $wire', ({ wire, request }) => {
    const { id, verb, key, value } = request;
    const argument = verb === 'PUT' ? pairArgument(key, Buffer.from(value)) : key;
    expect(encodeRequestV2({ id, verb, argument })).toBe(wire);
  });

  test.each(vectors.answersV2)('reads $wire', ({ wire, id, status, value }) => {
    expect(outcomeOf('V2', id, `V2_OK\n${wire}`)).toEqual({ id, status, value: Buffer.from(value) });
  });

  test.each(vectors.answersV1)('reads $wire', ({ wire, status, value }) => {
    expect(outcomeOf('V1', '00000001', wire)).toEqual({ status, value: Buffer.from(value) });
  });

  const calls: Readonly<Record<string, (options: { socketPath: string; deadline: number }) => unknown>> = {
    'list keys': async (options) => expect(await listKeys(options)).toEqual(['color', 'shape']),
    put: (options) => putKey('shape', Buffer.from('round'), options),
    delete: async (options) => expect(await deleteKey('color', options)).toBe('absent'),
    get: async (options) =>
      expect([...(await getKeys(['sdc:uuid', 'color'], options)).answers]).toEqual([
        ['sdc:uuid', { status: 'absent' }],
        ['color', { status: 'found', value: Buffer.from('red') }],
      ]),
  };
  test.each(vectors.transcripts)('says the same bytes: $call', async ({ call, client, server }) => {
    const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
    const socketPath = join(folder, 'metadata.sock');
    let heard = '';
    const listener = createServer((socket) => {
      socket.on('data', (chunk) => {
        heard += chunk.toString('latin1');
        if (heard.length >= client.length) socket.end(server);
      });
    });
    await new Promise<void>((resolve) => listener.listen(socketPath, resolve));
    try {
      await calls[call]?.({ socketPath, deadline: 2 });
      expect(heard).toBe(client);
    } finally {
      listener.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the test server', () => {
  test.each(vectors.requestsV2)('reads $wire', ({ wire, request }) => {
    expect(parseRequestV2(wire.trimEnd())).toEqual(request);
  });

  test.each(vectors.answersV2)('writes $wire', ({ wire, id, status, value }) => {
    expect(encodeAnswerV2(id, { status, value: Buffer.from(value) })).toBe(wire);
  });

  test.each(vectors.answersV1)('writes $wire', ({ wire, status, value }) => {
    expect(encodeAnswerV1({ status, value: Buffer.from(value) }).toString()).toBe(wire);
  });

  test.each([
    ['another version', 'V1 25 1719b971 0000000a GET c2RjOnV1aWQ='],
    ['another length', 'V2 24 1719b971 0000000a GET c2RjOnV1aWQ='],
    ['another checksum', 'V2 25 1719b972 0000000a GET c2RjOnV1aWQ='],
    ['a checksum in upper case', 'V2 13 F29AEF38 00000001 KEYS'],
    ['a checksum without its zeros', 'V2 25 58979c 00000003 PUT YzJoaGNHVT0g'],
    ['no base64', 'V2 12 b83d4c34 0000000a GET'],
    ['an empty key', 'V2 13 c86006bc 0000000a GET '],
    ['an id in upper case', 'V2 25 4a5f0141 0000000A GET c2RjOnV1aWQ='],
    ['an unknown verb', 'V2 26 d9f5697f 0000000a POST c2RjOnV1aWQ='],
  ])('does not read a frame with %s', (_fault, line) => {
    expect(parseRequestV2(line)).toBeUndefined();
  });

  test('reads V1', () => {
    expect(keyOfRequestV1('GET sdc:uuid')).toBe('sdc:uuid');
    expect(keyOfRequestV1('GET ')).toBeUndefined();
    expect(keyOfRequestV1('PUT a')).toBeUndefined();
  });
});

function outcomeOf(protocol: 'V1' | 'V2', id: string, stream: string): Outcome | undefined {
  const outcomes = new Map<string, Outcome>();
  const open = new Map([[id, { id, verb: 'GET', argument: 'key' } as const]]);
  conversation(open, outcomes, protocol).receive(Buffer.from(stream));
  return outcomes.get(id);
}
