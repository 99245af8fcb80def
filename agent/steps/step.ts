import type { Change } from '../change/change.ts';
import type { Instance } from '../metadata/instance.ts';
import type { Key } from '../metadata/keys.ts';
import type { Stage } from '../system/boot.ts';
import type { System } from '../system/system.ts';

/** One thing that the agent customizes. It reads and answers with what it wants changed; it never writes. */
export interface Step {
  readonly name: string;
  readonly stage: Stage;
  /** One line for help and man page. */
  readonly summary: string;
  /** The metadata that it needs. */
  readonly keys: readonly Key[];
  /** Also planned when the metadata could not be read, with an Instance that knows nothing. */
  readonly offline?: true;
  /** Makes what tells one instance from another: until it went well, a clone must still be seen as one. */
  readonly identity?: true;
  plan(instance: Instance, system: System): Plan | Promise<Plan>;
  /** Runs somebody's program, which may ask for what only init provides: where it has work, it waits for init. */
  readonly needsInit?: true;
  /**
   * Whether this boot has something for the step that must wait: for its stage, if the step is a late one, or for
   * init, if the step needs that. Where no step waits, one process does the work of both, and init starts no other.
   */
  readonly waits?: (instance: Instance, system: System) => boolean;
}

/** What a step wants, or why it wants nothing here. */
export type Plan = readonly Change[] | Skip;

/** The step has no business on this system, or the metadata does not say: the reason is for a person. */
export interface Skip {
  readonly skip: string;
}
