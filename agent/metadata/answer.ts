import type { Protocol } from './speaker.ts';

/** The server's answer for one key. `absent` is normal; only `failed` is a fault. */
export type Answer =
  | { readonly status: 'found'; readonly value: Buffer }
  | { readonly status: 'absent' }
  | { readonly status: 'failed'; readonly reason: string };

/** How an exchange with the metadata server went, for the report and the timeline. */
export interface Exchange {
  readonly protocol: Protocol;
  readonly connections: number;
  readonly writes: number;
  /** From the first attempt to connect until the connection was established, in milliseconds. */
  readonly connectMilliseconds: number;
  /** From the first attempt to connect until the last answer, in milliseconds. */
  readonly milliseconds: number;
}
