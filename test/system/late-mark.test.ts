import { describe, expect, test } from 'vitest';
import { markLateStage } from '../../agent/system/boot-marks.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import type { Root } from '../../agent/system/root.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

/** The units of every init system name this path. */
const lateMark = '/run/lx-agent-late.idle';

/** A root whose /run is on the kind of file system that a folder of this machine is on. */
function rootLike(folder: string): Root {
  return { ...openRoot(temporaryRoot({ '/run': null })), outside: () => folder };
}

describe('the mark of a boot without late work', () => {
  test('is left on a tmpfs, which the next boot has anew, and taken away when there is work', () => {
    const root = rootLike('/dev/shm');
    markLateStage(root, true);
    expect(root.entry(lateMark)).toMatchObject({ kind: 'file', mode: 0o644, size: 0 });
    markLateStage(root, true);
    markLateStage(root, false);
    expect(root.list('/run')).toEqual([]);
  });

  test('is not written again where this boot has it', () => {
    const root = rootLike('/dev/shm');
    markLateStage(root, true);
    const writes: string[] = [];
    markLateStage({ ...root, write: (path) => void writes.push(path) }, true);
    expect(writes).toEqual([]);
    expect(root.entry(lateMark)).toBeDefined();
  });

  test('is not left where it would come into the next boot', () => {
    const root = rootLike('/proc');
    markLateStage(root, true);
    expect(root.list('/run')).toEqual([]);
  });

  test('is not left where there is no /run', () => {
    const root = openRoot(temporaryRoot());
    markLateStage(root, true);
    expect(root.list('/run')).toEqual([]);
  });
});
