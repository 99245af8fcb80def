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
  override readonly name: string = 'OutOfStep';
}

/** The server knows V1 only: the next connection speaks that from its start. */
export class RefusedV2 extends OutOfStep {
  override readonly name = 'RefusedV2';
}

export type Protocol = 'V1' | 'V2';

export interface Conversation {
  /** All that is to be written, in one piece. */
  readonly opening: string;
  /** Whether the server has said that it knows V1 only. */
  readonly refusedV2: boolean;
  /**
   * Takes what came over the wire; false when it brought us no further. Throws OutOfStep when only a new connection
   * can help.
   */
  receive(chunk: Buffer): boolean;
}

/**
 * One connection's worth of talk, without the connection: asks for all of `open` at once, and moves each request that
 * was answered from `open` to `outcomes`. V2 is asked for and spoken in one breath, as the platform's agent allows:
 * a round trip less. What V1 cannot carry is settled before it begins.
 */
export function conversation(
  open: Map<string, Request>,
  outcomes: Map<string, Outcome>,
  protocol: Protocol,
  limit?: number,
): Conversation {
  const reader = frameReader(limit);
  let negotiated = protocol === 'V1';
  let refusals = 0;
  let valueV1 = false;

  function settle(id: string, outcome: Outcome): boolean {
    if (!open.delete(id)) return false;
    outcomes.set(id, outcome);
    return true;
  }

  /**
   * Whether the answer to NEGOTIATE is there, and allows V2. A server that refuses it refuses each of the requests as
   * well, a line each, and is heard out: it still writes, and might mind that nobody reads.
   */
  function negotiate(): boolean {
    for (;;) {
      const line = reader.take('\n')?.toString('latin1', 0, 64);
      if (line === undefined || (line === 'V2_OK' && refusals === 0)) return line !== undefined;
      if (line !== 'invalid command' && line !== 'FAILURE')
        throw new OutOfStep('the answer to NEGOTIATE is not of the metadata protocol');
      refusals += 1;
      if (refusals > requests.length) throw new RefusedV2('the metadata server speaks protocol V1 only');
    }
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

  if (protocol === 'V1') {
    for (const request of [...open.values()].filter((each) => !fitsV1(each)))
      settle(request.id, { status: 'unusable', reason: `the platform's protocol V1 has no such request` });
  }
  const requests = [...open.values()];
  return {
    get refusedV2() {
      return refusals > 0;
    },
    opening:
      protocol === 'V1'
        ? requests.map((request) => `GET ${request.argument}\n`).join('')
        : `NEGOTIATE V2\n${requests.map(encodeRequestV2).join('')}`,
    receive(chunk) {
      try {
        reader.push(chunk);
      } catch (error) {
        throw error instanceof FrameTooLong ? tooLong(error) : error;
      }
      negotiated ||= negotiate();
      let progress: boolean | undefined;
      while (negotiated && open.size > 0) {
        const step = protocol === 'V2' ? stepV2() : stepV1();
        if (step === undefined) break;
        progress = step || progress === true;
      }
      return progress ?? true;
    },
  };
}
