import assert from 'node:assert/strict';
import { conversation } from '../../../agent/metadata/conversation.ts';
import type { Request } from '../../../agent/metadata/frame.ts';
import { type Outcome, OutOfStep, type Protocol } from '../../../agent/metadata/speaker.ts';
import { aroundV2, encodeAnswerV2 } from '../../support/metadata-protocol.ts';
import { inputOf } from '../input.ts';
import type { Target } from '../target.ts';

const requests: readonly Request[] = ['hostname', 'user-data', 'sdc:nics'].map((argument, index) => ({
  id: String(index + 1).padStart(8, '0'),
  verb: 'GET',
  argument,
}));
const limit = 4096;
const answersV2 = [
  encodeAnswerV2('00000001', { status: 'SUCCESS', value: Buffer.from('web-1') }),
  encodeAnswerV2('00000002', { status: 'NOTFOUND', value: Buffer.alloc(0) }),
  encodeAnswerV2('00000003', { status: 'FAILURE', value: Buffer.from('no') }),
];

/** What the server says, cut anywhere: the chunks change nothing, and only what was asked is answered. */
export const conversationTarget: Target = {
  seeds: [
    inputOf({ stream: `V2_OK\n${answersV2.join('')}`, cuts: '\x01\x05\x03' }),
    inputOf({ stream: `V2_OK\n${answersV2.toReversed().join('')}`, cuts: '\x20' }),
    inputOf({ stream: 'invalid command\n'.repeat(4), cuts: '\x04' }),
    inputOf({ v1: '', stream: 'SUCCESS\nweb\n..a\n.\nNOTFOUND\nSUCCESS\n\n.\n', cuts: '\x02' }),
    inputOf({ v1: '', stream: 'FAILURE\nSUCCESS\nx\n.\ninvalid command\n', cuts: '\x7f' }),
  ],
  tokens: [
    'V2_OK\n',
    'invalid command\n',
    'SUCCESS\n',
    'NOTFOUND\n',
    '\n.\n',
    '\n..',
    '\n',
    '\r\n',
    'x'.repeat(5000),
    aroundV2('00000001 SUCCESS ====').slice(0, -1),
    aroundV2('00000009 NOTFOUND'),
    ...answersV2,
  ],
  open: () => ({
    hold({ v1, stream = Buffer.alloc(0), cuts = Buffer.alloc(0) }) {
      const protocol = v1 === undefined ? 'V2' : 'V1';
      const whole = talk([stream], protocol);
      const inParts = talk(chunksOf(stream, cuts), protocol);
      // A frame of more than the limit is noticed earlier or later, by how it was cut.
      if (!whole.tooLong && !inParts.tooLong) assert.deepEqual(inParts, whole);
      for (const { outcomes, open } of [whole, inParts]) {
        assert.equal(outcomes.size + open.length, requests.length);
        for (const id of outcomes.keys()) assert.ok(requests.some((request) => request.id === id));
      }
      if (protocol === 'V1') return;
      const bodies = stream.toString('latin1').split('\n').flatMap(bodyOfWholeFrame);
      for (const [id, { status, ...outcome }] of whole.outcomes) {
        if (status === 'unusable' || !('value' in outcome)) continue;
        const match = bodies.some((body) => {
          const [first, second, ...value] = body.split(' ');
          return (
            first === id && second === status && Buffer.from(value.join(' '), 'base64').equals(outcome.value)
          );
        });
        assert.ok(match, `an answer to ${id} that is in no whole frame`);
      }
    },
    close: () => undefined,
  }),
};

/** The body of a line that is a V2 frame; none if its length or checksum is another. */
function bodyOfWholeFrame(line: string): string[] {
  const body = line.split(' ').slice(3).join(' ');
  return aroundV2(body) === `${line}\n` ? [body] : [];
}

function talk(chunks: readonly Buffer[], protocol: Protocol) {
  const open = new Map(requests.map((request) => [request.id, request]));
  const outcomes = new Map<string, Outcome>();
  const one = conversation(open, outcomes, protocol, limit);
  let lost = '';
  for (const chunk of chunks) {
    try {
      one.receive(chunk);
    } catch (error) {
      if (!(error instanceof OutOfStep)) throw error;
      lost = error.message;
      break;
    }
  }
  const tooLong = lost.startsWith('more than');
  return { open: [...open.keys()], outcomes, lost, tooLong };
}

function chunksOf(stream: Buffer, cuts: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = 1 + (cuts[turn % Math.max(1, cuts.length)] ?? 0);
    chunks.push(stream.subarray(at, at + size));
    at += size;
  }
  return chunks;
}
