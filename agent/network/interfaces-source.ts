import { posix } from 'node:path';
import type { ReadableRoot } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';

const main = '/etc/network/interfaces';

/** How an implementation of ifup reads `source` lines; each was tried. */
interface Dialect {
  /** `source` accepts shell patterns. An ifup that does not accept them fails and brings up nothing. */
  readonly patterns: boolean;
  /** `source-directory` is supported. */
  readonly directories: boolean;
  /** A relative path starts at the folder of the file that contains it. */
  readonly relative: boolean;
}

const dialects = {
  ifupdown: { patterns: true, directories: true, relative: true },
  'ifupdown-ng': { patterns: false, directories: true, relative: false },
  ifupdown2: { patterns: true, directories: false, relative: false },
  busybox: { patterns: false, directories: true, relative: false },
} satisfies Readonly<Record<string, Dialect>>;

/** The limit for files that include each other. */
const deepest = 4;

/** Whether /etc/network/interfaces, as the root's own ifup reads it, includes the file at `path`. */
export function isIncluded(root: ReadableRoot, path: string): boolean {
  const dialect = dialects[implementation(root)];

  function includes(file: string, depth: number): boolean {
    return sourceLines(textIfReadable(root, file) ?? '').some(({ keyword, words }) => {
      const places = words.flatMap((word) => {
        if (word.startsWith('/')) return [posix.normalize(word)];
        return dialect.relative ? [posix.resolve(posix.dirname(file), word)] : [];
      });
      if (keyword === 'source') return places.some((place) => isOrIncludes(place, depth));
      return dialect.directories && places.some((place) => isOrIncludesOne(trimmed(place), depth));
    });
  }

  function isOrIncludes(place: string, depth: number): boolean {
    if (place === path) return true;
    if (/[*?[]/.test(place)) return dialect.patterns && isMatch(place, path);
    return depth < deepest && includes(place, depth + 1);
  }

  /** In a folder, only files with a name like ours are read; see run-parts(8). */
  function isOrIncludesOne(folder: string, depth: number): boolean {
    if (isMatch(folder, posix.dirname(path))) return true;
    const names = root.entry(`${folder}/.`)?.kind === 'directory' ? root.list(folder) : [];
    return names
      .filter((name) => /^[\w-]+$/.test(name) && root.entry(`${folder}/${name}`)?.kind !== 'directory')
      .some((name) => depth < deepest && includes(`${folder}/${name}`, depth + 1));
  }

  return includes(main, 0);
}

/** Detected by the target of the command: ifupdown's own command is a file, the others are links. */
function implementation(root: ReadableRoot): keyof typeof dialects {
  const target =
    ['/sbin/ifup', '/usr/sbin/ifup'].map((path) => root.linkTarget(path)).find((one) => one) ?? '';
  if (target.includes('busybox')) return 'busybox';
  if (target.includes('ifupdown2')) return 'ifupdown2';
  return posix.basename(target) === 'ifupdown' ? 'ifupdown-ng' : 'ifupdown';
}

function sourceLines(text: string): { keyword: string; words: readonly string[] }[] {
  return text
    .replaceAll(/\\\r?\n/g, '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([keyword]) => keyword === 'source' || keyword === 'source-directory')
    .map(([keyword = '', ...words]) => ({ keyword, words }));
}

function trimmed(folder: string): string {
  return folder.length > 1 ? folder.replace(/\/$/, '') : folder;
}

/** A shell pattern of `*`, `?` and `[…]`; none of them matches a slash. */
function isMatch(pattern: string, path: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('[!', '[^');
  try {
    return new RegExp(`^${expression}$`).test(path);
  } catch (error) {
    // A bracket that is not closed is not a pattern.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
