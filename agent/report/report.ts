import type { Exchange } from '../metadata/answer.ts';
import type { InvalidKey } from '../metadata/complaints.ts';
import type { Stage } from '../system/boot.ts';

/**
 * What one run did, as a value: kept under /var/lib/lx-agent, shown by `status`, printed by `--json`. It holds no
 * secret. Times are milliseconds since the process started.
 */
export interface Report {
  readonly version: 1;
  readonly agent: string;
  /** Where the program lies, if it is not the one that is installed here. */
  readonly program?: string;
  /** A stage of a boot, by init's unit or before init by the platform, or a run by hand; set when it is kept. */
  readonly kind?: 'boot' | 'before init' | 'run';
  readonly stages: readonly Stage[];
  /** The steps that the operator named. */
  readonly named?: readonly string[];
  /** When the process started, ISO 8601. */
  readonly started: string;
  readonly boot: string | undefined;
  /** What was written is on record: a state that is missing from now on was lost. Set when the report is kept. */
  readonly recorded?: true;
  readonly instance: string | undefined;
  readonly hostname: string | undefined;
  readonly distribution: string;
  readonly init: string;
  readonly metadata: MetadataOutcome;
  readonly invalid: readonly InvalidKey[];
  readonly warnings: readonly string[];
  readonly steps: readonly StepOutcome[];
  /** The marks that `timeline` draws. */
  readonly spans: readonly Span[];
  readonly milliseconds: number;
  /** The exit status of the run. */
  readonly exit: number;
}

export type MetadataOutcome =
  | ({ readonly status: 'read'; readonly socket: string; readonly keys: readonly string[] } & Exchange)
  | {
      readonly status: 'unavailable';
      readonly socket: string;
      readonly reason: string;
      readonly milliseconds: number;
    };

/** `listed`: what would have touched the running machine, under --root or --dry-run. */
export type ChangeResult = 'changed' | 'unchanged' | 'kept' | 'listed' | 'failed';

export interface StepOutcome {
  readonly name: string;
  readonly stage: Stage;
  readonly result: 'changed' | 'unchanged' | 'kept' | 'listed' | 'skipped' | 'failed';
  /** Why it was skipped, kept or failed. */
  readonly reason?: string;
  /** What a person can do about it. */
  readonly remedy?: string;
  readonly milliseconds: number;
  readonly changes: readonly ChangeOutcome[];
}

export interface ChangeOutcome {
  readonly kind: string;
  /** The path, or the command line. */
  readonly what: string;
  readonly why: string;
  readonly result: ChangeResult;
  readonly reason?: string;
}

export interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}
