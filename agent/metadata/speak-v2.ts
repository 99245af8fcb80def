import { decodeReplyV2, encodeRequestV2, type FrameReader, replyIdV2 } from './frame.ts';
import { OutOfStep, RefusedV2, type Requests, type Speaker, settle } from './speaker.ts';

/**
 * Speaks V2. The requests follow NEGOTIATE at once, as the platform's agent allows: that saves a round trip.
 */
export function speakV2(requests: Requests): Speaker {
  const asked = [...requests.open.values()];
  let isAllowed = false;
  let refusals = 0;

  /**
   * Whether the answer to NEGOTIATE has arrived and allows V2. A server that refuses it also refuses each request, with
   * one line each. All these lines are read: the server is still writing, and might fail if its client stops reading.
   */
  function negotiate(reader: FrameReader): boolean {
    for (;;) {
      const line = reader.take('\n')?.toString('latin1', 0, 64);
      if (line === undefined || (line === 'V2_OK' && refusals === 0)) return line !== undefined;
      if (line !== 'invalid command' && line !== 'FAILURE')
        throw new OutOfStep('the answer to NEGOTIATE is not of the metadata protocol');
      refusals += 1;
      if (refusals > asked.length) throw new RefusedV2('the metadata server speaks protocol V1 only');
    }
  }

  return {
    opening: `NEGOTIATE V2\n${asked.map(encodeRequestV2).join('')}`,
    get refusedV2() {
      return refusals > 0;
    },
    step(reader) {
      isAllowed ||= negotiate(reader);
      const line = isAllowed ? reader.take('\n') : undefined;
      if (line === undefined) return undefined;
      // A damaged frame, or an answer without an open request, is dropped: the right one may still arrive.
      const reply = decodeReplyV2(line);
      return reply !== undefined && settle(requests, reply.id, reply);
    },
    answering: (reader) => replyIdV2(reader.head(64)),
  };
}
