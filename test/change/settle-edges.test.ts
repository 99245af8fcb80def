import { chmodSync, chownSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Change, FileChange } from '../../agent/change/change.ts';
import { type Settled, settle } from '../../agent/change/settle.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { isPlatformWritten } from '../../agent/system/platform-mark.ts';
import { emptyState, type State } from '../../agent/system/state.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

const why = 'a test wants it';
const file: FileChange = {
  kind: 'file',
  path: '/x',
  content: 'ours\n',
  mode: 0o644,
  claim: 'ours-until-edited',
  why,
};
/** By sha256sum(1) of `ours` and a newline. */
const mark = '13102ad5e68a577a21dbe1aa6b16189e93e979278d6b9917d7f279a9a3dabd16';
const always = { ...file, claim: 'always' } as const;
const isRoot = process.geteuid?.() === 0;
const lost: State = { ...emptyState, lost: '2026-11-26T07:05:22Z' };
const recorded = (one: State = emptyState): State => ({ ...one, files: { '/x': mark } });

function settled(
  change: Change,
  path: string,
  state: State = emptyState,
  force = false,
): Settled | undefined {
  return settle([change], openRoot(path), state, force)[0];
}
const on = (tree: Tree) => {
  const path = temporaryRoot(tree);
  for (const [name, content] of Object.entries(tree))
    if (content !== null && !content.startsWith('-> ')) chmodSync(join(path, name), 0o644);
  return path;
};

describe('a copy of a file outside the root', () => {
  const copy = { kind: 'copy', from: '', path: '/agent', mode: 0o644, why } as const;

  it.each([
    ['there as wanted', 'program', 0o644, 'unchanged'],
    ['there with another mode', 'program', 0o600, 'wanted'],
    ['there with other content', 'another', 0o644, 'wanted'],
  ])('that is %s', (_what, content, mode, result) => {
    const source = on({ agent: 'program' });
    const path = on({ agent: content });
    chmodSync(join(path, 'agent'), mode);
    expect(settled({ ...copy, from: join(source, 'agent') }, path)?.result).toBe(result);
  });

  it('that is not there', () => {
    expect(settled({ ...copy, from: join(on({ agent: 'program' }), 'agent') }, on({}))?.result).toBe(
      'wanted',
    );
  });
});

describe('an owner', () => {
  const owner = { uid: 4711, gid: 4712 };
  it.each([
    ['as wanted', 4711, 4712, 'unchanged'],
    ['of another user', 0, 4712, isRoot ? 'wanted' : 'unchanged'],
    ['of another group', 4711, 0, isRoot ? 'wanted' : 'unchanged'],
  ])('%s', (_what, uid, gid, result) => {
    const path = on({ x: 'ours\n' });
    chmodSync(path, 0o755);
    if (isRoot) for (const one of ['x', '.']) chownSync(join(path, one), uid, gid);
    expect(settled({ ...file, owner }, path)?.result).toBe(result);
    const folder = { kind: 'directory', path: '/.', mode: 0o755, exact: true, owner, why } as const;
    expect(settled(folder, path)?.result).toBe(result);
  });
});

describe('a file with other content', () => {
  it('that the agent wrote is replaced without a backup', () => {
    expect(settled({ ...file, content: 'new\n' }, on({ x: 'ours\n' }))).toMatchObject({
      result: 'wanted',
      before: Buffer.from('ours\n'),
      replaces: true,
      backup: false,
    });
  });

  it('that is only made where it is missing keeps its mode too', () => {
    const path = on({ x: 'ours\n' });
    chmodSync(join(path, 'x'), 0o600);
    expect(settled({ ...file, claim: 'once' }, path)?.result).toBe('unchanged');
    expect(settled(file, path)?.result).toBe('wanted');
  });

  it('that is only made where it is missing is made where an empty one is', () => {
    expect(settled({ ...file, claim: 'once' }, on({ x: '' }))?.result).toBe('wanted');
  });

  it('that is everybody’s keeps its mode and its owner', () => {
    const path = on({ x: 'theirs\n' });
    const { uid, gid } = statSync(join(path, 'x'));
    expect(settled({ ...file, claim: 'shared', mode: 0o600 }, path)).toMatchObject({
      result: 'wanted',
      change: { mode: 0o644, owner: { uid, gid } },
    });
  });

  it('whose link is replaced by force is kept as a backup', () => {
    const path = on({ x: '-> y', y: 'mine\n' });
    expect(settled({ ...file, claim: 'once' }, path, emptyState, true)).toMatchObject({
      result: 'wanted',
      before: Buffer.from('mine\n'),
      replaces: true,
      backup: true,
    });
  });
});

describe('where the records were lost', () => {
  it('a file of nobody’s record is kept, and one that follows the metadata is replaced with a backup', () => {
    const path = on({ x: 'theirs\n' });
    expect(settled(file, path, lost)).toMatchObject({
      result: 'kept',
      reason: "not known to be the agent's: its record of what it wrote was lost",
    });
    expect(settled(always, path, lost)).toMatchObject({ result: 'wanted', backup: true });
    expect(settled(always, path, recorded(lost))).toMatchObject({ result: 'wanted', backup: false });
    expect(settled(always, path)).toMatchObject({ result: 'wanted', backup: false });
  });

  it('a file that was about to be written is the image’s', () => {
    const state = { ...lost, pending: { '/x': mark } };
    expect(settled(file, on({ x: 'shipped\n' }), state)?.result).toBe('wanted');
  });
});

describe('a large file that follows the metadata', () => {
  const limit = 16 * 1024 * 1024;
  const large = (size: number) => {
    const path = on({ x: '' });
    truncateSync(join(path, 'x'), size);
    return path;
  };

  it('is replaced unread', () => {
    const result = settled(always, large(limit + 1));
    expect(result).toEqual({ result: 'wanted', change: always });
  });

  /** How much of the file that is there was read; an assertion on so many bytes would take half a minute. */
  const read = (result: Settled | undefined) =>
    result?.result === 'wanted' && { bytes: result.before?.length, backup: result.backup };

  it('is read up to 16 MiB', () => {
    expect(read(settled(always, large(limit)))).toEqual({ bytes: limit, backup: false });
  });

  it('is read where it has the size that is wanted', () => {
    const content = Buffer.alloc(limit + 1);
    expect(settled({ ...always, content }, large(limit + 1))?.result).toBe('unchanged');
  });

  it('is read where it may be somebody’s, and then backed up', () => {
    for (const [change, state, force] of [
      [always, lost, false],
      [file, recorded(), true],
    ] as const)
      expect(read(settled(change, large(limit + 1), state, force))).toEqual({
        bytes: limit + 1,
        backup: true,
      });
  });
});

describe('a folder', () => {
  const folder = { kind: 'directory', path: '/x', mode: 0o700, exact: true, why } as const;

  it('in the place of a file or a link is an error that says so', () => {
    const link = { kind: 'link', path: '/x', target: 'y', why } as const;
    for (const [change, text] of [
      [file, 'cannot write /x: there is a directory'],
      [link, 'cannot link /x: there is a directory'],
    ] as const) {
      expect(settled(change, on({ x: null }))).toMatchObject({
        result: 'failed',
        error: { message: expect.stringContaining(text), code: 'EISDIR' },
      });
      expect(settled(change, on({ x: null }), emptyState, true)?.result).toBe('failed');
    }
  });

  it('that a link leads to is there', () => {
    expect(settled(folder, on({ x: '-> y', y: null }))?.result).toBe('unchanged');
  });

  it.each<[string, Tree]>([
    ['a link to a file', { x: '-> y', y: 'a' }],
    ['a link to nothing', { x: '-> y' }],
    ['a file', { x: 'a' }],
  ])('cannot be made where %s is', (_what, tree) => {
    expect(settled(folder, on(tree))).toMatchObject({
      result: 'failed',
      error: { message: expect.stringContaining('cannot make /x'), code: 'EEXIST' },
    });
  });
});

describe('a link', () => {
  const link = { kind: 'link', path: '/x', target: 'y', why } as const;

  it('replaces a file of the image’s, and where records were lost only one that follows the metadata', () => {
    const path = on({ x: 'shipped\n' });
    expect(settled(link, path)).toMatchObject({
      result: 'wanted',
      before: Buffer.from('shipped\n'),
      replaces: true,
      backup: false,
    });
    expect(settled(link, path, lost)?.result).toBe('kept');
    expect(settled({ ...link, claim: 'always' }, path, lost)).toMatchObject({
      result: 'wanted',
      backup: false,
    });
  });
});

describe('what is to be removed', () => {
  const absent = { kind: 'absent', path: '/x', claim: 'ours-until-edited', why } as const;

  it('is ours without a backup, and somebody’s by force with one', () => {
    const path = on({ x: 'theirs\n' });
    expect(settled(absent, path, recorded(), true)).toEqual({
      result: 'wanted',
      change: absent,
      before: Buffer.from('theirs\n'),
      replaces: true,
      backup: true,
    });
    const link = on({ x: '-> y' });
    expect(settled(absent, link, { ...emptyState, files: { '/x': 'link y' } })).toEqual({
      result: 'wanted',
      change: absent,
      replaces: true,
      backup: false,
    });
  });
});

describe('the mode on record', () => {
  const absent = { kind: 'absent', path: '/x', claim: 'ours-until-edited', why } as const;
  const linked = (modes: Record<string, string>, pending?: Record<string, string>): State => ({
    ...emptyState,
    files: { '/x': mark },
    modes,
    ...(pending && { pending }),
  });

  it.each([
    ['without an owner, as earlier agents of no rights left it', { '/x': '0644' }, 'wanted'],
    ['of another mode', { '/x': '0600' }, 'kept'],
    ['of another owner', { '/x': '0644 4711:4712' }, isRoot ? 'kept' : 'wanted'],
    ['of another file', { '/y': '0600 0:0' }, 'wanted'],
  ])('%s', (_what, modes, result) => {
    expect(settled(absent, on({ x: 'ours\n' }), linked(modes))?.result).toBe(result);
  });

  it('says nothing while a write is pending', () => {
    const state = linked({ '/x': '0600 0:0' }, { '/x': 'another' });
    expect(settled(absent, on({ x: 'ours\n' }), state)?.result).toBe('wanted');
  });
});

it('the platform’s mark is known in text and in bytes', () => {
  const text = 'a\n# AUTOMATIC ZONE CONFIG\n';
  expect(isPlatformWritten(text)).toBe(true);
  expect(isPlatformWritten(Buffer.from(text))).toBe(true);
  expect(isPlatformWritten(`x ${text.slice(2)}`)).toBe(false);
});
