import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The unit tests of a folder have its name; these folders have tests elsewhere too. */
const alsoIn: Readonly<Record<string, readonly string[]>> = { image: ['units'] };

/** Runs the quick files first: the first test that fails ends the run of a mutant. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toReversed();
  }
}

const mutated = (process.env.LX_AGENT_MUTATED ?? '').split(',');
const folders = new Set(
  mutated.flatMap((path) => {
    const folder = path.split('/').slice(1, -1)[0] ?? '';
    return [folder, ...(alsoIn[folder] ?? [])];
  }),
);

// Nothing is built for these runs, and tests that take seconds to measure size or load are left out.
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: [...folders].map((folder) => join('test', folder, '*.test.ts')),
    exclude: ['storm', 'large-values', 'large-files'].map((name) => `test/*/${name}.test.ts`),
    sequence: { sequencer: QuickFirst },
    testTimeout: 10_000,
    hookTimeout: 10_000,
  },
});
