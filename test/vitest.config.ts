import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// `program` runs anywhere, in any order and at once; `boot` needs root and Debian's packages.
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '..'),
    projects: [
      {
        test: {
          name: 'program',
          include: ['test/**/*.test.ts'],
          exclude: ['test/boot/**'],
          globalSetup: join(import.meta.dirname, 'support/build-once.ts'),
          // Only a test that hangs is ended: how long one takes is a matter of the machine.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          allowOnly: false,
        },
      },
      {
        test: {
          name: 'boot',
          include: ['test/boot/**/*.boot.test.ts'],
          // A boot waits as much as it works: two at once keep two processors busy.
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          allowOnly: false,
        },
      },
    ],
  },
});
