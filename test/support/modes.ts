import { tableUnder } from './document-table.ts';
import { snapshot } from './roots/snapshot.ts';

interface Row {
  readonly path: string;
  readonly pattern: RegExp;
  readonly mode: string;
}

/** The files that the threat model lists, and their modes. */
export function documentedModes(): Row[] {
  return tableUnder('docs/security.md', 'Files and modes').flatMap(([paths = '', mode = '']) =>
    [...paths.matchAll(/`(.+?)`/g)].map(([, path = '']) => ({ path, pattern: patternOf(path), mode })),
  );
}

/**
 * The files under a root that are new or other than in `before` and that the table does not list with just their
 * mode: path and mode. `met` is told the rows that had a file.
 */
export function undocumented(
  root: string,
  before: Readonly<Record<string, string>>,
  met: Set<string> = new Set(),
): string[] {
  const rows = documentedModes();
  return Object.entries(snapshot(root)).flatMap(([path, what]) => {
    const mode = /^file (\d+) /.exec(what)?.[1];
    if (mode === undefined || what === before[path]) return [];
    const matching = rows.filter(({ pattern }) => pattern.test(path));
    for (const row of matching) met.add(row.path);
    const [only, ...more] = matching;
    return only !== undefined && more.length === 0 && only.mode === mode.padStart(4, '0')
      ? []
      : [`${path} ${mode}`];
  });
}

function patternOf(path: string): RegExp {
  const parts = path.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
