import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Trial } from '../trial.ts';
import type { Attempts } from './attempts.ts';
import { dropBuiltinSources } from './builtin-sources.ts';
import { codeCacheMagic } from './code-cache.ts';
import { DoesNotApply } from './does-not-apply.ts';
import { dropEmbeddedCodeCaches } from './embedded-code-caches.ts';
import type { PassName } from './passes.ts';
import { dropSnapshotCodeCache } from './snapshot-code-cache.ts';
import { dropUnicodeData } from './unicode-data.ts';

/** What the passes need to know of the program that they edit. */
interface Origin {
  /** The Node.js that it was made from. */
  readonly node: string;
  /** The file in which the warm snapshot told its modules; there is none beside a plain one. */
  readonly modules: string;
}

/**
 * Overwrite with zeros what the built program carries and never uses. Its size stays, but zeros compress to nothing,
 * and copies leave holes for them (agent/system/copy-in-chunks.ts). Each pass finds its part by the format; the program
 * is tried out after each, and what it was before stays if it does not run.
 */
export async function overwriteUnused(
  path: string,
  { node, modules }: Origin,
  attempts: Attempts,
  trial: Trial,
): Promise<void> {
  const drops: readonly (readonly [PassName, (program: Buffer) => number])[] = [
    ['unicode-data', dropUnicodeData],
    ['snapshot-code-cache', (program) => dropSnapshotCodeCache(program, codeCacheMagic(node))],
    ['embedded-code-caches', (program) => dropEmbeddedCodeCaches(program, codeCacheMagic(node))],
    ['builtin-sources', (program) => dropBuiltinSources(program, node, loadedModules(modules))],
  ];
  let program = readFileSync(path);
  for (const [name, drop] of drops)
    program = await attempts.attempt(
      name,
      async () => {
        const edited = Buffer.from(program);
        const bytes = inFormat(() => drop(edited));
        writeFileSync(path, edited, { mode: 0o755 });
        await trial(path);
        console.log(`dropped: ${(bytes / 1e6).toFixed(1)} MB, ${name}`);
        return edited;
      },
      () => program,
    );
  writeFileSync(path, program, { mode: 0o755 });
}

/** A number that leads out of the file is no number of that format. */
function inFormat(drop: () => number): number {
  try {
    return drop();
  } catch (error) {
    if (error instanceof RangeError) throw new DoesNotApply(`the format is another one: ${error.message}`);
    throw error;
  }
}

/** The lines are of process.moduleLoadList: `NativeModule fs`, `Internal Binding fs`. */
function loadedModules(path: string): readonly string[] {
  if (!existsSync(path)) throw new DoesNotApply('only the warm snapshot tells which modules it holds');
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('NativeModule '))
    .map((line) => line.slice('NativeModule '.length));
}
