import { readFileSync, writeFileSync } from 'node:fs';
import { dropBuiltinSources } from './builtin-sources.ts';
import { dropEmbeddedCodeCaches } from './embedded-code-caches.ts';
import { dropSnapshotCodeCache } from './snapshot-code-cache.ts';
import { dropUnicodeData } from './unicode-data.ts';

/**
 * Overwrite with zeros what the built program carries and never uses. Its size stays, but zeros compress to nothing,
 * and copies leave holes for them (agent/system/copy-in-chunks.ts). Each part is found by its format; a Node.js that has
 * it in another one ends the build with an error.
 */
export function lighten(
  path: string,
  { node, modules }: { readonly node: string; readonly modules: string },
): void {
  const program = readFileSync(path);
  // The lines are of process.moduleLoadList: `NativeModule fs`, `Internal Binding fs`.
  const loaded = readFileSync(modules, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('NativeModule '))
    .map((line) => line.slice('NativeModule '.length));
  const dropped = {
    "ICU's data": dropUnicodeData(program),
    'code cache in the snapshot': dropSnapshotCodeCache(program),
    'code caches beside it': dropEmbeddedCodeCaches(program),
    "sources of Node's modules": dropBuiltinSources(program, node, loaded),
  };
  writeFileSync(path, program, { mode: 0o755 });
  for (const [what, bytes] of Object.entries(dropped))
    console.log(`dropped: ${(bytes / 1e6).toFixed(1)} MB, ${what}`);
}
