import type { Change } from '../change/change.ts';
import type { Instance } from '../metadata/instance.ts';
import type { Key } from '../metadata/keys.ts';
import type { Stage } from '../system/boot.ts';
import type { System } from '../system/system.ts';

/** One thing that the agent customizes. It reads the machine and returns the Changes; it never writes. */
export interface Step {
  readonly name: string;
  readonly stage: Stage;
  /** One line for help and man page. */
  readonly summary: string;
  /** The metadata that it needs. */
  readonly keys: readonly Key[];
  /** Also planned when the metadata could not be read, with an Instance that knows nothing. */
  readonly offline?: true;
  /** Makes what distinguishes one instance from another. Until it succeeds, a clone must still be recognized as one. */
  readonly identity?: true;
  plan(instance: Instance, system: System): Plan | Promise<Plan>;
  /** Runs a user's program, which may need what only init provides. If the step has work, it waits for init. */
  readonly needsInit?: true;
  /**
   * Whether this boot has work for the step that must wait: a late step waits for its stage, a step that needs init waits
   * for init. If no step waits, one process does the work of both stages, and init does not start a second one.
   */
  readonly waits?: (instance: Instance, system: System) => boolean;
}

/** What a step changes, or why it changes nothing here. */
export type Plan = readonly Change[] | Skip;

/** The step does not apply to this system, or the metadata lacks the value. The reason is for a person. */
export interface Skip {
  readonly skip: string;
}
