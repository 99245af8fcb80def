import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import {
  type Attributes,
  createAtomically,
  replaceAtomically,
  sweepTemporaries,
  syncFolder,
  temporaryName,
  writeAtomically,
} from './atomic-write.ts';
import { fillFrom } from './copy-in-chunks.ts';
import type { Root } from './root.ts';
import { pathOf, type RootAccess } from './root-access.ts';
import { errorCode } from './root-error.ts';

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
export function writing({ at, maybe, followed, forget }: RootAccess): Writing {
  const swept = new Set<string>();

  /** Once a folder and run: what a killed run left there goes before we write beside it. */
  function sweep(folder: string, inRoot: string): void {
    if (swept.has(inRoot)) return;
    swept.add(inRoot);
    sweepTemporaries(folder);
  }

  return {
    write: (inRoot, content, attributes) =>
      at('write', inRoot, (place) => {
        sweep(place.folder, place.inRoot);
        writeAtomically(place.folder, place.name, Buffer.from(content), attributes);
      }),
    create: (inRoot, content, attributes) =>
      at('write', inRoot, (place) => {
        sweep(place.folder, place.inRoot);
        return createAtomically(place.folder, place.name, Buffer.from(content), attributes);
      }),
    copy: (from, inRoot, attributes) =>
      at('write', inRoot, (place) => {
        sweep(place.folder, place.inRoot);
        const source = openSync(from, 'r');
        try {
          replaceAtomically(place.folder, place.name, attributes, (target) => fillFrom(source, target));
        } finally {
          closeSync(source);
        }
      }),
    append: (inRoot, content, mode) =>
      at('write', inRoot, (place) => {
        const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
        const descriptor = openSync(pathOf(place), flags, mode);
        try {
          writeFileSync(descriptor, content);
        } finally {
          closeSync(descriptor);
        }
      }),
    link: (inRoot, target) => {
      at('link', inRoot, (place) => {
        sweep(place.folder, place.inRoot);
        const temporary = `${place.folder}/${temporaryName()}`;
        symlinkSync(target, temporary);
        try {
          renameSync(temporary, pathOf(place));
        } catch (error) {
          unlinkSync(temporary);
          throw error;
        }
        syncFolder(place.folder);
      });
      forget();
    },
    makeDirectory: function make(inRoot, attributes) {
      const parent = followed(dirname(inRoot));
      if (!parent.there && parent.path !== '/') make(parent.path, { mode: 0o755 });
      at('make', inRoot, (place) => {
        try {
          // With its mode at once: a folder left by a killed run counts as made.
          mkdirSync(pathOf(place), attributes.mode);
        } catch (error) {
          if (errorCode(error) === 'EEXIST') return;
          throw error;
        }
        setAttributesAt(pathOf(place), attributes);
        syncFolder(place.folder);
      });
    },
    setAttributes: (inRoot, attributes) =>
      at('change', inRoot, (place) => setAttributesAt(pathOf(place), attributes)),
    rename: (from, to, durable = true) => {
      at('rename', from, (source) =>
        at('rename', to, (target) => {
          renameSync(pathOf(source), pathOf(target));
          if (!durable) return;
          syncFolder(target.folder);
          if (target.folder !== source.folder) syncFolder(source.folder);
        }),
      );
      forget();
    },
    remove: (inRoot, recursive = false, durable = true) => {
      maybe('remove', inRoot, (place) => {
        if (lstatSync(pathOf(place), { throwIfNoEntry: false }) === undefined) return;
        if (recursive) rmSync(pathOf(place), { recursive: true });
        else if (lstatSync(pathOf(place)).isDirectory()) rmdirSync(pathOf(place));
        else unlinkSync(pathOf(place));
        if (durable) syncFolder(place.folder);
      });
      forget();
    },
    claim: (inRoot, entry) =>
      at('lock', inRoot, (place) => {
        const temporary = `${place.folder}/${temporaryName()}`;
        mkdirSync(temporary, 0o755);
        try {
          mkdirSync(`${temporary}/${entry}`, 0o755);
          renameSync(temporary, pathOf(place));
          return true;
        } catch (error) {
          rmSync(temporary, { recursive: true, force: true });
          if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) return false;
          throw error;
        } finally {
          forget();
        }
      }),
    unclaim: (inRoot, entry) => {
      maybe('unlock', inRoot, (place) => {
        try {
          rmdirSync(`${pathOf(place)}/${entry}`);
          rmdirSync(pathOf(place));
        } catch (error) {
          // Somebody else removed it, or has the lock by now.
          if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
        }
      });
      forget();
    },
    withTemporaryFolder: async (folder, use) => {
      const inside = at('make a folder in', `${folder}/x`, (place) => {
        sweep(place.folder, place.inRoot);
        const name = temporaryName();
        mkdirSync(`${place.folder}/${name}`, 0o700);
        return `${place.inRoot === '/' ? '' : place.inRoot}/${name}`;
      });
      try {
        return await use(inside);
      } finally {
        at('remove', inside, (place) => rmSync(pathOf(place), { recursive: true, force: true }));
        forget();
      }
    },
  };
}

/** The owner first: chown(2) clears the set-user-ID bits of the mode. Never through a link. */
function setAttributesAt(path: string, { mode, uid, gid }: Attributes): void {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const descriptor = openSync(path, flags);
  try {
    if (process.geteuid?.() === 0 && (uid !== undefined || gid !== undefined))
      fchownSync(descriptor, uid ?? 0, gid ?? 0);
    fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}
