import type { Change } from '../change/change.ts';
import type { ReadableRoot } from '../system/system.ts';

/**
 * What a rule can require of an image. Each kind treats what is there in its own way. `file`: exactly this content, in
 * a file that no package owns; `missing`: this content if nothing is there; `edit`: our part of another owner's file,
 * if the file exists; `remove` and `empty`: every match of a path whose components may contain `*`; `move`: what is at
 * one path moves to another; `stopped`: no start link of these services in SysV run-level folders.
 */
export type Want =
  | { readonly directory: string; readonly mode: number; readonly exact?: boolean }
  | { readonly link: string; readonly target: string; readonly beside?: string }
  | {
      readonly file: string;
      readonly content: string | Buffer;
      readonly mode?: number;
      readonly beside?: string;
    }
  | { readonly missing: string; readonly content: string }
  | { readonly edit: string; readonly as: (text: string) => string }
  | { readonly remove: string; readonly recursive?: boolean; readonly except?: RegExp }
  | { readonly empty: string }
  | { readonly move: string; readonly to: string }
  | { readonly stopped: readonly string[]; readonly folders: readonly string[] };

/** Remove these paths, which are separated by blanks. A folder is removed with its content. */
export function removeAll(paths: string): readonly Want[] {
  return paths
    .trim()
    .split(/\s+/)
    .map((remove) => ({ remove, recursive: true }));
}

/** The Changes that fulfil a want. A link or file is made only if its `beside` path exists. */
export function changesFor(want: Want, root: ReadableRoot, why: string): readonly Change[] {
  if ('directory' in want)
    return [
      {
        kind: 'directory',
        path: want.directory,
        mode: want.mode,
        ...(want.exact === true && { exact: true }),
        why,
      },
    ];
  if ('link' in want)
    return missing(root, want.beside) ? [] : [{ kind: 'link', path: want.link, target: want.target, why }];
  if ('file' in want)
    return missing(root, want.beside)
      ? []
      : [
          {
            kind: 'file',
            path: want.file,
            content: want.content,
            mode: want.mode ?? 0o644,
            claim: 'always',
            why,
          },
        ];
  if ('missing' in want)
    return missing(root, want.missing)
      ? [
          {
            kind: 'file',
            path: want.missing,
            content: want.content,
            mode: 0o644,
            claim: 'once',
            why,
          },
        ]
      : [];
  if ('move' in want)
    return missing(root, want.move) ? [] : [{ kind: 'rename', from: want.move, to: want.to, why }];
  if ('edit' in want) return edited(want.edit, want.as, root, why);
  if ('remove' in want)
    return removable(matches(want.remove, root), root)
      .filter((path) => want.except?.test(path) !== true)
      .map((path) => ({ kind: 'absent', path, recursive: want.recursive ?? false, why }));
  if ('empty' in want)
    return matches(want.empty, root)
      .map((path) => ({ path, entry: root.entry(path) }))
      .flatMap(({ path, entry }): Change[] =>
        entry?.kind === 'file' && entry.size > 0
          ? [
              {
                kind: 'file',
                path,
                content: '',
                mode: entry.mode,
                owner: { uid: entry.uid, gid: entry.gid },
                claim: 'always',
                // Nobody may read the old content in a diff.
                secret: true,
                why,
              },
            ]
          : [],
      );
  return want.folders.flatMap((folder) => stopped(want.stopped, folder, root, why));
}

function missing(root: ReadableRoot, path: string | undefined): boolean {
  return path !== undefined && root.entry(path) === undefined;
}

/**
 * The Change that edits a file. A link stays as it is (`/etc/sysconfig/selinux` is one): its target is edited under its
 * own path.
 */
function edited(
  path: string,
  edit: (text: string) => string,
  root: ReadableRoot,
  why: string,
): readonly Change[] {
  if (root.entry(path)?.kind === 'link') return [];
  // One character for each byte, so that others' lines stay unchanged in any encoding.
  const text = root.read(path)?.toString('latin1');
  if (text === undefined) return [];
  const edited = edit(text);
  if (edited === text) return [];
  return [{ kind: 'file', path, content: Buffer.from(edited, 'latin1'), mode: 0o644, claim: 'shared', why }];
}

/**
 * The paths without mount points and folders that contain one. A container build mounts files and folders of its own
 * into the root. They cannot be removed and are not part of the image.
 */
function removable(paths: readonly string[], root: ReadableRoot): readonly string[] {
  if (!root.live || paths.length === 0) return paths;
  const points = mountPoints(root.readText('/proc/self/mountinfo') ?? '');
  return paths.filter((path) => !points.some((point) => point === path || point.startsWith(`${path}/`)));
}

/** proc(5), mountinfo: the fifth field, in which blanks are written in octal. */
function mountPoints(mountinfo: string): readonly string[] {
  return mountinfo.split('\n').flatMap((line) => {
    const point = line.split(' ')[4];
    return point === undefined ? [] : [point.replaceAll('\\040', ' ')];
  });
}

/** The existing paths that match a pattern. A component of the pattern may contain `*`. */
export function matches(pattern: string, root: ReadableRoot): readonly string[] {
  return pattern
    .split('/')
    .slice(1)
    .reduce<readonly string[]>(
      (folders, name) => folders.flatMap((folder) => named(folder, name, root)),
      [''],
    )
    .filter((path) => root.entry(path) !== undefined);
}

function named(folder: string, name: string, root: ReadableRoot): readonly string[] {
  if (!name.includes('*')) return [`${folder}/${name}`];
  const literal = name.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${literal.join('.*')}$`);
  return root
    .list(folder)
    .filter((entry) => expression.test(entry))
    .map((entry) => `${folder}/${entry}`);
}

/**
 * Rename a start link to a stop link with the complementary number, as `update-rc.d NAME disable` and `chkconfig NAME
 * off` do. A package update does not touch a service that has a link, so it does not start it again.
 */
function stopped(
  names: readonly string[],
  folder: string,
  root: ReadableRoot,
  why: string,
): readonly Change[] {
  return root.list(folder).flatMap((entry): Change[] => {
    const [, number, name] = /^S(\d\d)(.+)$/.exec(entry) ?? [];
    if (number === undefined || name === undefined || !names.includes(name)) return [];
    const stop = `K${String(100 - Number(number))
      .padStart(2, '0')
      .slice(-2)}${name}`;
    return [{ kind: 'rename', from: `${folder}/${entry}`, to: `${folder}/${stop}`, why }];
  });
}
