import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** The same without what `image prepare` keeps of how a path was before, which depends on the way there. */
export function withoutRecord(seen: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const paths = /^\/var\/lib\/lx-agent\/prepare(\.json$|-backup\/)/;
  return Object.fromEntries(Object.entries(seen).filter(([path]) => !paths.test(path)));
}

/** All that can be seen of a tree: path → kind, mode, and content or target. */
export function snapshot(root: string, folder = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      const mode = (lstatSync(join(root, path)).mode & 0o7777).toString(8);
      if (entry.isSymbolicLink()) return [[path, `link ${readlinkSync(join(root, path))}`]];
      if (entry.isDirectory()) return [[path, `directory ${mode}`], ...Object.entries(snapshot(root, path))];
      if (entry.isFile())
        return [[path, `file ${mode} ${readFileSync(join(root, path)).toString('latin1')}`]];
      return [[path, 'other']];
    }),
  );
}
