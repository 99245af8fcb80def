import type { FrameReader, Reply, Request } from './frame.ts';

export type Protocol = 'V1' | 'V2';

export type Outcome = Reply | { readonly status: 'unusable'; readonly reason: string };

/** The server's answer breaks the protocol: client and server cannot synchronize again on this connection. */
export class OutOfStep extends Error {
  override readonly name: string = 'OutOfStep';
}

/** The server supports only V1: the next connection starts with V1. */
export class RefusedV2 extends OutOfStep {
  override readonly name = 'RefusedV2';
}

/** One side of a conversation in one protocol. */
export interface Speaker {
  /** Everything that the client sends, written at once. */
  readonly opening: string;
  /** Whether the server has said that it supports only V1. */
  readonly refusedV2: boolean;
  /**
   * Processes one received piece. True when it settled a request or began to; false when it was not usable; undefined
   * when it is not complete. Throws OutOfStep.
   */
  step(reader: FrameReader): boolean | undefined;
  /** The id of the request whose answer is arriving, if known. */
  answering(reader: FrameReader): string | undefined;
}

/** The requests of a conversation: the open ones, in order, and the outcomes of the others. */
export interface Requests {
  readonly open: Map<string, Request>;
  readonly outcomes: Map<string, Outcome>;
}

/** Closes a request with its outcome; false when no request with that id is open. */
export function settle({ open, outcomes }: Requests, id: string, outcome: Outcome): boolean {
  if (!open.delete(id)) return false;
  outcomes.set(id, outcome);
  return true;
}
