import { dirname } from 'node:path';
import { type Attributes, createAtomically, sweepTemporaries, writeAtomically } from './atomic-write.ts';
import type { Place } from './confinement.ts';
import {
  appendTo,
  claim,
  copyTo,
  linkTo,
  makeFolder,
  makeTemporaryFolder,
  remove,
  removeAll,
  renameTo,
  setAttributes,
  unclaim,
} from './place-writing.ts';
import type { Root } from './root.ts';
import type { RootAccess } from './root-access.ts';

type Writing = Pick<
  Root,
  | 'write'
  | 'create'
  | 'copy'
  | 'append'
  | 'link'
  | 'makeDirectory'
  | 'setAttributes'
  | 'rename'
  | 'remove'
  | 'claim'
  | 'unclaim'
  | 'withTemporaryFolder'
>;

/** What changes a root; see Root. */
export function writing(access: RootAccess): Writing {
  const { at, maybe, forget } = access;
  const sweep = sweeper();

  /** Runs `use` in a folder from which the leftovers of killed runs are gone. */
  const inSwept = <Result>(operation: string, path: string, use: (place: Place) => Result) =>
    at(operation, path, (place) => {
      sweep(place);
      return use(place);
    });

  return {
    write: (path, content, attributes) =>
      inSwept('write', path, ({ folder, name }) =>
        writeAtomically(folder, name, Buffer.from(content), attributes),
      ),
    create: (path, content, attributes) =>
      inSwept('write', path, ({ folder, name }) =>
        createAtomically(folder, name, Buffer.from(content), attributes),
      ),
    copy: (from, path, attributes) => inSwept('write', path, (place) => copyTo(place, from, attributes)),
    append: (path, content, mode) => at('write', path, (place) => appendTo(place, content, mode)),
    link: (path, target) => {
      inSwept('link', path, (place) => linkTo(place, target));
      forget();
    },
    makeDirectory: (path, attributes) => makeFolders(path, attributes, access),
    setAttributes: (path, attributes) => at('change', path, (place) => setAttributes(place, attributes)),
    rename: (from, to, durable = true) => {
      at('rename', from, (source) => at('rename', to, (target) => renameTo(source, target, durable)));
      forget();
    },
    remove: (path, recursive = false, durable = true) => {
      maybe('remove', path, (place) => remove(place, recursive, durable));
      forget();
    },
    claim: (path, entry) => {
      try {
        return at('lock', path, (place) => claim(place, entry));
      } finally {
        forget();
      }
    },
    unclaim: (path, entry) => {
      maybe('unlock', path, (place) => unclaim(place, entry));
      forget();
    },
    withTemporaryFolder: async (folder, use) => {
      const path = inSwept('make a folder in', `${folder}/x`, makeTemporaryFolder);
      try {
        return await use(path);
      } finally {
        at('remove', path, removeAll);
        forget();
      }
    },
  };
}

/** Removes what a killed run left in a folder, once for each folder, before anything is written there. */
function sweeper(): (place: Place) => void {
  const swept = new Set<string>();
  return ({ folder, inRoot }) => {
    if (swept.has(inRoot)) return;
    swept.add(inRoot);
    sweepTemporaries(folder);
  };
}

function makeFolders(path: string, attributes: Attributes, access: RootAccess): void {
  const parent = access.followed(dirname(path));
  if (!parent.there && parent.path !== '/') makeFolders(parent.path, { mode: 0o755 }, access);
  access.at('make', path, (place) => makeFolder(place, attributes));
}
