import { expect, it } from 'vitest';
import { checkFileSystems, type FileSystem, lookAtFileSystem } from '../../agent/doctor/file-systems.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const sound: FileSystem = { device: 1, readOnly: false, free: 1e9, freeFiles: 1000 };

/** One file system for all folders, or another for those whose path ends so. */
function check(common: Partial<FileSystem>, others: Readonly<Record<string, Partial<FileSystem>>> = {}) {
  const root = openRoot(
    temporaryRoot({ etc: null, 'var/lib': null, 'var/log': null, 'var/svc': null, run: null }),
  );
  return checkFileSystems(root, (folder) => {
    const other = Object.entries(others).find(([path]) => folder.endsWith(path));
    return { ...sound, ...common, ...(other && { device: 2, ...other[1] }) };
  });
}

it('says in one line that all can be written', () => {
  expect(check({})).toEqual([
    { status: 'ok', subject: 'files', text: 'the file systems can be written, and have room' },
  ]);
});

it('names a read-only file system once, with the folders in it', () => {
  expect(check({ readOnly: true })).toMatchObject([
    {
      status: 'wrong',
      text: 'the file system of /etc, /var/lib, /var/log, /var/svc, /run is read-only: no step can write there',
      remedy: expect.stringContaining('remount,rw'),
    },
  ]);
});

it('tells a full one of others that are sound', () => {
  expect(check({}, { '/var/log': { free: 100 * 1024 } })).toMatchObject([
    { status: 'wrong', text: 'the file system of /var/log is full: 100 KiB are left' },
  ]);
});

it('knows that files can run out before bytes do, and that some file systems do not count them', () => {
  expect(check({ freeFiles: 0 })).toMatchObject([
    { status: 'wrong', text: expect.stringContaining('inodes') },
  ]);
  expect(check({ freeFiles: undefined })).toMatchObject([{ status: 'ok' }]);
});

it('asks the kernel', () => {
  const look = lookAtFileSystem(temporaryRoot());
  expect(look).toMatchObject({ readOnly: false, device: expect.any(Number) });
  expect(look.free).toBeGreaterThan(0);
});
