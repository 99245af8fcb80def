import {
  decodeReplyV2,
  encodeRequestV2,
  endOfValueV1,
  FrameTooLong,
  fitsV1,
  frameReader,
  isReplyStatus,
  type Reply,
  type Request,
  replyIdV2,
  unescapeV1,
} from './frame.ts';

export type Outcome = Reply | { readonly status: 'unusable'; readonly reason: string };

/** The server said something after which the two sides can't find each other again on this connection. */
export class OutOfStep extends Error {
  override readonly name = 'OutOfStep';
}

export interface Conversation {
  readonly protocol: 'V1' | 'V2' | undefined;
  /** What is to be written first. */
  readonly opening: string;
  /**
   * Takes what came over the wire and gives what is to be written now, '' for nothing, and whether the bytes
   * brought us on. Throws OutOfStep when only a new connection can help.
   */
  receive(chunk: Buffer): { readonly write: string; readonly progress: boolean };
}

/**
 * One connection's worth of talk, without the connection: negotiates, asks for all of `open` at once, and moves each
 * request that was answered from `open` to `outcomes`. V2 is tried first; a server that refuses it is asked by V1.
 */
export function conversation(
  open: Map<string, Request>,
  outcomes: Map<string, Outcome>,
  limit?: number,
): Conversation {
  const reader = frameReader(limit);
  let protocol: 'V1' | 'V2' | undefined;
  let valueV1 = false;

  function settle(id: string, outcome: Outcome): boolean {
    if (!open.delete(id)) return false;
    outcomes.set(id, outcome);
    return true;
  }

  function negotiated(line: string): string {
    if (line === 'V2_OK') {
      protocol = 'V2';
      return [...open.values()].map(encodeRequestV2).join('');
    }
    if (line !== 'invalid command' && line !== 'FAILURE') {
      throw new OutOfStep('the answer to NEGOTIATE is not of the metadata protocol');
    }
    protocol = 'V1';
    for (const request of [...open.values()].filter((each) => !fitsV1(each))) {
      settle(request.id, { status: 'unusable', reason: `the platform's protocol V1 has no such request` });
    }
    return [...open.values()].map((request) => `GET ${request.argument}\n`).join('');
  }

  /** V1 has no ids: answers come in the order of the requests, which is the order of the map. */
  function stepV1(): boolean | undefined {
    const text = reader.take(valueV1 ? endOfValueV1 : '\n');
    if (text === undefined) return undefined;
    const id = open.keys().next().value;
    if (id === undefined) throw new OutOfStep('an answer to no request');
    if (valueV1) {
      valueV1 = false;
      return settle(id, { status: 'SUCCESS', value: unescapeV1(text) });
    }
    const word = text.toString('latin1', 0, 64);
    if (word === 'SUCCESS') {
      valueV1 = true;
      return true;
    }
    if (word === 'invalid command') return settle(id, { status: 'FAILURE', value: Buffer.alloc(0) });
    if (!isReplyStatus(word)) throw new OutOfStep('an answer that is not of the metadata protocol');
    return settle(id, { status: word, value: Buffer.alloc(0) });
  }

  /** A damaged frame, or an answer to nothing that is open, is dropped: the right one may yet come. */
  function stepV2(): boolean | undefined {
    const line = reader.take('\n');
    if (line === undefined) return undefined;
    const reply = decodeReplyV2(line);
    return reply !== undefined && settle(reply.id, reply);
  }

  /** A value that is too long is that key's misfortune alone: the next connection asks for the others. */
  function tooLong(error: FrameTooLong): OutOfStep {
    const id =
      protocol === 'V2' ? replyIdV2(reader.head(64)) : valueV1 ? open.keys().next().value : undefined;
    if (id !== undefined) settle(id, { status: 'unusable', reason: error.message });
    return new OutOfStep(error.message, { cause: error });
  }

  return {
    get protocol() {
      return protocol;
    },
    opening: 'NEGOTIATE V2\n',
    receive(chunk) {
      try {
        reader.push(chunk);
      } catch (error) {
        throw error instanceof FrameTooLong ? tooLong(error) : error;
      }
      let write = '';
      if (protocol === undefined) {
        const line = reader.take('\n');
        if (line === undefined) return { write, progress: true };
        write = negotiated(line.toString('latin1', 0, 64));
      }
      let progress: boolean | undefined;
      for (;;) {
        const step = open.size === 0 ? undefined : protocol === 'V2' ? stepV2() : stepV1();
        if (step === undefined) return { write, progress: progress ?? true };
        progress = step || progress === true;
      }
    },
  };
}
