import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
  statSync,
} from 'node:fs';
import { lookAt } from './confinement.ts';
import { haveSameContent } from './copy-in-chunks.ts';
import { fileDigest } from './file-digest.ts';
import type { Entry, Root } from './root.ts';
import { pathOf, type RootAccess } from './root-access.ts';
import { RootError } from './root-error.ts';
import { sizeText } from './size.ts';

type Reading = Pick<
  Root,
  'read' | 'readText' | 'entry' | 'list' | 'linkTarget' | 'isExecutable' | 'isCopyOf' | 'digest' | 'outside'
>;

/** What a root answers without changing anything; see Root. */
export function reading({ path, live, at, maybe, followed }: RootAccess): Reading {
  function read(inRoot: string, limit = defaultReadLimit): Buffer | undefined {
    const file = followed(inRoot);
    if (!file.there) return undefined;
    return maybe('read', file.path, (place) => {
      const flags = constants.O_RDONLY | constants.O_NONBLOCK | (live ? 0 : constants.O_NOFOLLOW);
      const descriptor = openSync(pathOf(place), flags);
      try {
        const status = fstatSync(descriptor);
        if (!status.isFile())
          throw new RootError('read', inRoot, status.isDirectory() ? 'EISDIR' : 'not a regular file');
        if (status.size > limit) throw new RootError('read', inRoot, `larger than ${sizeText(limit)}`);
        return readFileSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    });
  }

  function entry(inRoot: string): Entry | undefined {
    return maybe('look at', inRoot, (place) => {
      const status = lstatSync(pathOf(place), { throwIfNoEntry: false });
      if (status === undefined) return undefined;
      return {
        kind: kindOf(status),
        mode: status.mode & 0o7777,
        uid: status.uid,
        gid: status.gid,
        size: status.size,
      };
    });
  }

  return {
    read,
    readText: (inRoot, limit) => read(inRoot, limit)?.toString('utf8'),
    entry,
    list: (inRoot) => {
      const folder = followed(inRoot);
      if (!folder.there) return [];
      return maybe('list', `${folder.path}/.`, (place) => readdirSync(place.folder).sort()) ?? [];
    },
    linkTarget: (inRoot) => maybe('look at', inRoot, (place) => lookAt(pathOf(place)).target),
    isExecutable: (inRoot) => {
      if (live) return isExecutableFile(statSync(inRoot, { throwIfNoEntry: false }));
      const target = followed(inRoot).path;
      return (
        maybe('look at', target, (place) =>
          isExecutableFile(lstatSync(pathOf(place), { throwIfNoEntry: false })),
        ) ?? false
      );
    },
    isCopyOf: (inRoot, from) =>
      maybe('read', inRoot, (place) => {
        const status = lstatSync(pathOf(place), { throwIfNoEntry: false });
        return status?.isFile() === true && haveSameContent(pathOf(place), from);
      }) ?? false,
    digest: (inRoot) =>
      maybe('read', inRoot, (place) =>
        lstatSync(pathOf(place), { throwIfNoEntry: false })?.isFile() === true
          ? fileDigest(pathOf(place))
          : undefined,
      ),
    outside: (inRoot) =>
      live
        ? inRoot
        : at('use', inRoot, (place) => `${path}${place.inRoot === '/' ? '' : place.inRoot}/${place.name}`),
  };
}

/** Nothing that the agent reads from a root is larger, in bytes. */
const defaultReadLimit = 16 * 1024 * 1024;

function kindOf(status: Stats): Entry['kind'] {
  if (status.isFile()) return 'file';
  if (status.isDirectory()) return 'directory';
  return status.isSymbolicLink() ? 'link' : 'other';
}

function isExecutableFile(status: Stats | undefined): boolean {
  return status?.isFile() === true && (status.mode & 0o111) !== 0;
}
