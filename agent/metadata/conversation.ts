import { FrameTooLong, frameReader, type Request } from './frame.ts';
import { speakV1 } from './speak-v1.ts';
import { speakV2 } from './speak-v2.ts';
import { type Outcome, OutOfStep, type Protocol, type Speaker, settle } from './speaker.ts';

/** One connection's worth of talk, without the connection. */
export interface Conversation extends Pick<Speaker, 'opening' | 'refusedV2'> {
  /**
   * Takes what came over the wire; false when it brought us no further. Throws OutOfStep when only a new connection
   * can help.
   */
  receive(chunk: Buffer): boolean;
}

/**
 * Asks for all of `open` at once, and moves each request that was answered from `open` to `outcomes`. What the protocol
 * cannot carry is settled before the conversation begins.
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
        // A value that is too long is the fault of its key alone: the next connection asks for the others.
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
