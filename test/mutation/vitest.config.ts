import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const repository = join(import.meta.dirname, '../..');

/** The unit tests of a folder have its name; these folders have tests elsewhere too. */
const alsoIn: Readonly<Record<string, readonly string[]>> = { image: ['units'] };

/** Runs the quick files first: the first test that fails ends the run of a mutant. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toReversed();
  }
}

/** One file, or all of a folder as `agent/FOLDER/…`. */
const mutated = process.env.LX_AGENT_MUTATED ?? '';
const mirror = mutated.replace(/^agent/, 'test').replace(/\.ts$/, '.test.ts');
const folder = mutated.split('/')[1] ?? '';
// A file is tried against the test with its name alone, which is several times as fast as all tests of the folder.
const include = existsSync(join(repository, mirror))
  ? [mirror]
  : [folder, ...(alsoIn[folder] ?? [])].map((name) => join('test', name, '*.test.ts'));

// Nothing is built for these runs, and tests that take seconds to measure size or load are left out.
export default defineConfig({
  test: {
    root: repository,
    include,
    exclude: ['storm', 'large-values', 'large-files'].map((name) => `test/*/${name}.test.ts`),
    sequence: { sequencer: QuickFirst },
    testTimeout: 10_000,
    hookTimeout: 10_000,
  },
});
