import { writeFileSync } from 'node:fs';
import { DoesNotApply } from './does-not-apply.ts';
import type { PassName } from './passes.ts';

/** What a build does about passes. */
export interface PassOptions {
  /** Passes that are left out by choice. */
  readonly without: readonly PassName[];
  /** Whether a pass that does not apply ends the build. */
  readonly strict: boolean;
}

/** Which passes a build has applied, and which it has left out, with the reason. */
export interface PassRecord {
  readonly applied: readonly PassName[];
  readonly leftOut: Readonly<Partial<Record<PassName, string>>>;
}

/** The passes of one build: each is attempted, and where it does not apply, something plainer takes its place. */
export class Attempts {
  readonly #options: PassOptions;
  readonly #applied: PassName[] = [];
  readonly #leftOut: Partial<Record<PassName, string>> = {};

  constructor(options: PassOptions) {
    this.#options = options;
  }

  /**
   * What `apply` gives; what `plain` gives if the pass is left out by choice or does not apply. The latter is a warning,
   * and in a strict build an error. Any error but DoesNotApply ends the build.
   */
  async attempt<Result>(
    name: PassName,
    apply: () => Result | Promise<Result>,
    plain: () => Result | Promise<Result>,
  ): Promise<Result> {
    if (this.#options.without.includes(name)) {
      this.#leftOut[name] = 'left out by choice';
      return plain();
    }
    try {
      const result = await apply();
      this.#applied.push(name);
      return result;
    } catch (error) {
      if (!(error instanceof DoesNotApply)) throw error;
      if (this.#options.strict) throw new Error(`the pass ${name} does not apply: ${error.message}`);
      console.warn(`WARNING: the pass ${name} does not apply and is left out: ${error.message}`);
      this.#leftOut[name] = error.message;
      return plain();
    }
  }

  /** Write the record beside the program, for tests that depend on a pass. */
  writeRecord(path: string): void {
    const record: PassRecord = { applied: this.#applied, leftOut: this.#leftOut };
    writeFileSync(path, `${JSON.stringify(record, null, 2)}\n`);
  }
}
