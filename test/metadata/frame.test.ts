import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conversation } from '../../agent/metadata/conversation.ts';
import { decodeReplyV2, FrameTooLong, frameReader, type Request } from '../../agent/metadata/frame.ts';
import { type Outcome, OutOfStep, RefusedV2 } from '../../agent/metadata/speaker.ts';
import { encodeAnswerV1, encodeAnswerV2 } from '../support/metadata-protocol.ts';

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const id = (index: number) => index.toString(16).padStart(8, '0');
const cuts = fc.array(fc.nat(), { maxLength: 20 });

const asked = (count: number) =>
  new Map<string, Request>(
    Array.from({ length: count }, (_, index) => [
      id(index),
      { id: id(index), verb: 'GET', argument: `k${index}` },
    ]),
  );

function cutAt(whole: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (whole.length + 1)), whole.length].sort(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, index) => whole.subarray(sorted[index], end));
}

describe('the reader', () => {
  test('gives the same lines however the bytes were cut', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{0,9}$/)), cuts, (lines, places) => {
        const reader = frameReader();
        const taken: string[] = [];
        for (const chunk of cutAt(Buffer.from(lines.map((line) => `${line}\n`).join('')), places)) {
          reader.push(chunk);
          for (let line = reader.take('\n'); line !== undefined; line = reader.take('\n'))
            taken.push(`${line}`);
        }
        expect(taken).toEqual(lines);
      }),
    );
  });

  test('finds a separator of several bytes that was cut anywhere', () => {
    fc.assert(
      fc.property(cuts, (places) => {
        const reader = frameReader();
        const taken: (string | undefined)[] = [];
        for (const chunk of cutAt(Buffer.from('a\n.b\n.\nc\n.\n'), places)) {
          reader.push(chunk);
          for (let text = reader.take('\n.\n'); text !== undefined; text = reader.take('\n.\n'))
            taken.push(`${text}`);
        }
        expect(taken).toEqual(['a\n.b', 'c']);
      }),
    );
  });

  test('has a limit', () => {
    const reader = frameReader(10);
    reader.push(Buffer.alloc(10));
    expect(() => reader.push(Buffer.alloc(1))).toThrow(FrameTooLong);
  });
});

describe('V1', () => {
  test('a value of any bytes survives the dots', () => {
    const dotty = fc.array(fc.constantFrom('.', '\n', 'a', '\r', '\xff'), { maxLength: 30 });
    fc.assert(
      fc.property(dotty, (parts) => {
        const value = Buffer.from(parts.join(''), 'latin1');
        const outcomes = new Map<string, Outcome>();
        conversation(asked(1), outcomes, 'V1').receive(encodeAnswerV1({ status: 'SUCCESS', value }));
        expect([...outcomes.values()]).toEqual([{ status: 'SUCCESS', value }]);
      }),
    );
  });
});

describe('V2', () => {
  test('a reply with any value is read back', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const line = Buffer.from(encodeAnswerV2('0000beef', { status: 'SUCCESS', value })).subarray(0, -1);
        expect(decodeReplyV2(line)).toEqual({ id: '0000beef', status: 'SUCCESS', value });
      }),
    );
  });

  test('a reply with any byte changed is not read', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, change) => {
        const line = Buffer.from(encodeAnswerV2('0000beef', { status: 'SUCCESS', value })).subarray(0, -1);
        const at = place % line.length;
        line.writeUInt8((line.readUInt8(at) ^ change) & 255, at);
        expect(decodeReplyV2(line)).toBeUndefined();
      }),
    );
  });
});

describe('a conversation', () => {
  test('finds every answer, in any order, doubled, cut anywhere, among damaged ones', () => {
    const values = fc.array(bytes, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.nat()), cuts, (contents, stream, places) => {
        const open = asked(contents.length);
        const outcomes = new Map<string, Outcome>();
        const talk = conversation(open, outcomes, 'V2');
        const good = contents.map((value, index) => encodeAnswerV2(id(index), { status: 'SUCCESS', value }));
        const damaged = good.map((line) => line.replace(/^V2 \d+/, 'V2 7'));
        const order = new Map(
          [...good, ...good, ...damaged].map((line, index) => [`${index}`, line] as const),
        );
        const shuffled = [...order.values()]
          .map((line) => ({ line, rank: stream.next().value ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ line }) => line);
        for (const chunk of cutAt(Buffer.from(`V2_OK\n${shuffled.join('')}`), places)) talk.receive(chunk);
        expect(open.size).toBe(0);
        contents.forEach((value, index) => {
          expect(outcomes.get(id(index))).toMatchObject({ status: 'SUCCESS', value });
        });
      }),
    );
  });

  test('a server that refuses V2 is heard out, a refusal for each request, before a new connection is made', () => {
    const talk = conversation(asked(2), new Map(), 'V2');
    expect(talk.receive(Buffer.from('invalid command\ninvalid command\ninv'))).toBe(true);
    expect(talk.refusedV2).toBe(true);
    expect(() => talk.receive(Buffer.from('alid command\n'))).toThrow(RefusedV2);
  });

  test.each(['V1', 'V2'] as const)('a value over the limit fails its own key only, %s', (protocol) => {
    const open = asked(2);
    const outcomes = new Map<string, Outcome>();
    const talk = conversation(open, outcomes, protocol, 100);
    const value = Buffer.alloc(200, 'x');
    if (protocol === 'V2') talk.receive(Buffer.from('V2_OK\n'));
    const long =
      protocol === 'V1' ? `SUCCESS\n${value}` : encodeAnswerV2(id(0), { status: 'SUCCESS', value });
    const [head, rest] = [long.slice(0, 60), long.slice(60)];
    talk.receive(Buffer.from(head));
    expect(() => talk.receive(Buffer.from(rest))).toThrow(OutOfStep);
    expect([...open.keys()]).toEqual([id(1)]);
    expect(outcomes.get(id(0))).toEqual({ status: 'unusable', reason: 'more than 100 bytes in one answer' });
  });

  test('an answer to what was never asked, or was answered before, is dropped', () => {
    const outcomes = new Map<string, Outcome>();
    const open = asked(2);
    const talk = conversation(open, outcomes, 'V2');
    const first = encodeAnswerV2(id(0), { status: 'SUCCESS', value: Buffer.from('first') });
    const again = encodeAnswerV2(id(0), { status: 'SUCCESS', value: Buffer.from('another') });
    const stranger = encodeAnswerV2('ffffffff', { status: 'SUCCESS', value: Buffer.from('x') });
    talk.receive(Buffer.from('V2_OK\n'));
    expect(talk.receive(Buffer.from(stranger))).toBe(false);
    expect(outcomes.size).toBe(0);
    expect(talk.receive(Buffer.from(first))).toBe(true);
    expect(talk.receive(Buffer.from(again))).toBe(false);
    expect([...outcomes.keys()]).toEqual([id(0)]);
    expect(outcomes.get(id(0))).toMatchObject({ status: 'SUCCESS', value: Buffer.from('first') });
    expect([...open.keys()]).toEqual([id(1)]);
  });
});
