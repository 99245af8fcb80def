import type { Stage } from '../system/boot.ts';
import type { StepOptions } from './run-step.ts';

/** What a run is asked to do. */
export interface RunOptions extends StepOptions {
  readonly stages: readonly Stage[];
  /** Step names; empty for all steps of the stages. */
  readonly named: readonly string[];
  readonly rootDirectory: string;
  readonly socketPath: string;
  /** The program's path, if it is not the one that is installed in the root. */
  readonly program?: string | undefined;
  /** The platform runs it before init: steps that need init are left to the units, and marks tell the units what is done. */
  readonly beforeInit?: boolean;
  /** Seconds to wait for metadata, whatever the configuration says. */
  readonly patience?: number;
  /** Seconds to wait for metadata at most, if the configuration allows more. */
  readonly metadataDeadline?: number;
  /** Called when the metadata does not come at once: why, and for how many seconds the run waits at most. */
  readonly onWait?: (reason: string, deadline: number) => void;
}
