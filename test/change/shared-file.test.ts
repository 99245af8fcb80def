import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { behindLinks, readShared, sharedFile } from '../../agent/change/shared-file.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

const part = { why: 'a line is ours' };
const rootWith = (tree: Tree) => openRoot(temporaryRoot(tree));

describe('the path behind links', () => {
  it.each<[string, Tree, string]>([
    ['of a file is its own', { 'etc/x': 'a' }, '/etc/x'],
    ['of nothing is its own', {}, '/etc/x'],
    ['below a file is its own', { etc: 'a file' }, '/etc/x'],
    ['is that of the last of several links', { 'etc/x': '-> y', 'etc/y': '-> ../z', z: 'a' }, '/z'],
    ['is where a link leads that leads to nothing', { 'etc/x': '-> /gone' }, '/gone'],
    ['of a link to /dev/null is its own', { 'etc/x': '-> /dev/null' }, '/etc/x'],
    ['of a link into /proc is its own', { 'etc/x': '-> ../proc/mounts' }, '/etc/x'],
    ['of a link into /sys is its own', { 'etc/x': '-> /sys/x' }, '/etc/x'],
    ['may have the name of such a folder in it', { 'etc/x': '-> /srv/dev/x' }, '/srv/dev/x'],
    ['of a loop is its own', { 'etc/x': '-> y', 'etc/y': '-> x' }, '/etc/x'],
  ])('%s', (_what, tree, expected) => {
    expect(behindLinks(rootWith(tree), '/etc/x')).toBe(expected);
  });

  it.each([
    [40, '/l40'],
    [41, '/l0'],
  ])('of %i links in a row is %s', (links, expected) => {
    const path = temporaryRoot();
    for (let link = 0; link < links; link++) symlinkSync(`l${link + 1}`, join(path, `l${link}`));
    expect(behindLinks(openRoot(path), '/l0')).toBe(expected);
  });
});

describe('a file that is edited in part', () => {
  it('is read where its link leads, a character for each byte', () => {
    const root = rootWith({ 'etc/x': '-> y', 'etc/y': 'é\n' });
    expect(readShared(root, '/etc/x')).toEqual({ path: '/etc/y', text: 'Ã©\n' });
    expect(sharedFile(root, '/etc/x', (text) => `${text}ours\n`, part)).toEqual([
      {
        kind: 'file',
        path: '/etc/y',
        mode: 0o644,
        claim: 'shared',
        why: 'a line is ours',
        content: Buffer.from('é\nours\n'),
      },
    ]);
  });

  it('that is not there has no text, and may be made', () => {
    expect(readShared(rootWith({}), '/etc/x')).toEqual({ path: '/etc/x' });
    const [change] = sharedFile(rootWith({}), '/etc/x', (text) => text ?? 'new\n', part);
    expect(change?.content.toString()).toBe('new\n');
  });

  it('needs no Change where there is nothing to write', () => {
    expect(sharedFile(rootWith({ 'etc/x': 'a' }), '/etc/x', () => undefined, part)).toEqual([]);
  });

  it('that cannot be read is a Change that fails with the reason', () => {
    const path = temporaryRoot();
    mkdirSync(join(path, 'etc/x'), { recursive: true });
    const [change, ...more] = sharedFile(openRoot(path), '/etc/x', () => 'never', part);
    expect(more).toEqual([]);
    expect(change).toMatchObject({ path: '/etc/x', content: '', fault: { code: 'EISDIR' } });
  });

  it('hides no fault of our own', () => {
    const broken = {
      ...rootWith({}),
      read() {
        throw new TypeError('a bug');
      },
    };
    expect(() => readShared(broken, '/etc/x')).toThrow('a bug');
  });
});
