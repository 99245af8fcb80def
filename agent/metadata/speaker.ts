import type { FrameReader, Reply, Request } from './frame.ts';

export type Protocol = 'V1' | 'V2';

export type Outcome = Reply | { readonly status: 'unusable'; readonly reason: string };

/** After what the server said, client and server cannot find each other again on this connection. */
export class OutOfStep extends Error {
  override readonly name: string = 'OutOfStep';
}

/** The server knows V1 only: the next connection speaks V1 from its start. */
export class RefusedV2 extends OutOfStep {
  override readonly name = 'RefusedV2';
}

/** One side of a conversation in one protocol. */
export interface Speaker {
  /** All that is to be written, in one piece. */
  readonly opening: string;
  /** Whether the server has said that it knows V1 only. */
  readonly refusedV2: boolean;
  /**
   * Takes one piece of what came. True when it settled a request or began to; false when it was of no use; undefined
   * when the piece is not complete. Throws OutOfStep.
   */
  step(reader: FrameReader): boolean | undefined;
  /** The id of the request whose answer is coming in, as far as that is known. */
  answering(reader: FrameReader): string | undefined;
}

/** The requests of a conversation: those that are open, in order, and what came of the others. */
export interface Requests {
  readonly open: Map<string, Request>;
  readonly outcomes: Map<string, Outcome>;
}

/** Closes a request with its outcome; false where no request of that id is open. */
export function settle({ open, outcomes }: Requests, id: string, outcome: Outcome): boolean {
  if (!open.delete(id)) return false;
  outcomes.set(id, outcome);
  return true;
}
