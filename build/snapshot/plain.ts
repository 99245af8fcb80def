import { startupSnapshot } from 'node:v8';
import { start } from '../../agent/main.ts';

/**
 * The program that the heap snapshot of a plain build is made of. It needs Node's public API alone, so any Node.js that
 * can make a single executable with a snapshot can carry it. The modules of a boot are loaded; nothing of them has run.
 */
async function makeSnapshot(): Promise<void> {
  await Promise.all([
    import('../../agent/commands/boot.ts'),
    import('../../agent/commands/error-text.ts'),
    import('../../agent/commands/metadata.ts'),
    import('../../agent/commands/run.ts'),
  ]);
  startupSnapshot.setDeserializeMainFunction(() => start());
}

makeSnapshot().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
