import { FrameTooLong, frameReader, type Request } from './frame.ts';
import { speakV1 } from './speak-v1.ts';
import { speakV2 } from './speak-v2.ts';
import { type Outcome, OutOfStep, type Protocol, type Speaker, settle } from './speaker.ts';

/** The protocol of one connection, without the socket. */
export interface Conversation extends Pick<Speaker, 'opening' | 'refusedV2'> {
  /**
   * Processes received bytes; false when they made no progress. Throws OutOfStep when only a new connection can help.
   */
  receive(chunk: Buffer): boolean;
}

/**
 * Sends all requests in `open` at once, and moves each answered request from `open` to `outcomes`. Requests that the
 * protocol cannot carry are settled before the conversation begins.
 */
export function conversation(
  open: Map<string, Request>,
  outcomes: Map<string, Outcome>,
  protocol: Protocol,
  limit?: number,
): Conversation {
  const requests = { open, outcomes };
  const reader = frameReader(limit);
  const speaker = protocol === 'V1' ? speakV1(requests) : speakV2(requests);
  return {
    opening: speaker.opening,
    get refusedV2() {
      return speaker.refusedV2;
    },
    receive(chunk) {
      try {
        reader.push(chunk);
      } catch (error) {
        if (!(error instanceof FrameTooLong)) throw error;
        // A value that is too long affects only its own key: the next connection requests the others.
        const id = speaker.answering(reader);
        if (id !== undefined) settle(requests, id, { status: 'unusable', reason: error.message });
        throw new OutOfStep(error.message, { cause: error });
      }
      let progress: boolean | undefined;
      while (open.size > 0) {
        const step = speaker.step(reader);
        if (step === undefined) break;
        progress = step || progress === true;
      }
      return progress ?? true;
    },
  };
}
