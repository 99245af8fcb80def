import { describe, expect, it } from 'vitest';
import type { Change, FileChange } from '../../agent/change/change.ts';
import { describeDifference } from '../../agent/change/diff.ts';

const why = 'a test wants it';
const file: FileChange = {
  kind: 'file',
  path: '/etc/hosts',
  content: 'one\ntwo\n',
  mode: 0o644,
  claim: 'always',
  why,
};
const difference = (change: Change, before?: string) =>
  describeDifference({
    result: 'wanted',
    change,
    ...(before === undefined ? {} : { before: Buffer.from(before) }),
  });

it.each<[string, Change, string]>([
  [
    'a copy',
    { kind: 'copy', from: '/a/agent', path: '/usr/bin/agent', mode: 0o755, why },
    'copy       /a/agent -> /usr/bin/agent (mode 0755)\n',
  ],
  ['a link', { kind: 'link', path: '/etc/x', target: '../y', why }, 'link       /etc/x -> ../y\n'],
  ['a folder', { kind: 'directory', path: '/a', mode: 0o700, why }, 'directory  /a (mode 0700)\n'],
  ['a removal', { kind: 'absent', path: '/a', why }, 'remove     /a\n'],
  ['a rename', { kind: 'rename', from: '/a', to: '/b', why }, 'rename     /a -> /b\n'],
  [
    'files that a program makes',
    {
      kind: 'generated',
      directory: '/keys',
      files: [
        { name: 'key', mode: 0o600 },
        { name: 'key.pub', mode: 0o644 },
      ],
      argv: ['ssh-keygen', '-A'],
      why,
    },
    'generate   /keys/{key,key.pub} by ssh-keygen\n',
  ],
  [
    'a program',
    { kind: 'command', argv: ['hostname', 'web-1'], deadline: 5, why },
    'run        hostname web-1\n',
  ],
])('%s is told in one line', async (_what, change, text) => {
  expect(await difference(change)).toBe(text);
});

describe('a file', () => {
  it('that is new is shown as a patch against /dev/null', async () => {
    expect(await difference(file)).toBe('--- /dev/null\n+++ b/etc/hosts\n@@ -0,0 +1,2 @@\n+one\n+two\n');
  });

  it('that changes is shown with two lines around each change', async () => {
    const before = 'a\nb\nc\nd\ne\n';
    expect(await difference({ ...file, content: 'a\nb\nc\nd\nX\n' }, before)).toBe(
      '--- a/etc/hosts\n+++ b/etc/hosts\n@@ -3,3 +3,3 @@\n c\n d\n-e\n+X\n',
    );
  });

  it('keeps lines that look like the head of a patch', async () => {
    const text = await difference({ ...file, content: '====\nx\t\n' }, '====\n');
    expect(text).toContain('\n ====\n');
  });

  it('whose mode alone changes is told by that', async () => {
    expect(await difference({ ...file, mode: 0o600 }, 'one\ntwo\n')).toBe('mode       /etc/hosts -> 0600\n');
  });

  it.each([
    ['becomes', 'text\n', 'a\0b'],
    ['was', 'a\0b', 'text\n'],
  ])('that %s binary is not shown', async (_when, before, content) => {
    expect(await difference({ ...file, content }, before)).toBe(
      `binary     /etc/hosts (${content.length} bytes)\n`,
    );
  });

  it('that is a secret is masked', async () => {
    const secret = { ...file, secret: true, mode: 0o600 };
    expect(await difference(secret, 'hush\n')).toBe(
      '--- a/etc/hosts\n+++ b/etc/hosts\n(secret: 5 -> 8 bytes, mode 0600)\n',
    );
    expect(await difference(secret)).toBe(
      '--- /dev/null\n+++ b/etc/hosts\n(secret: 0 -> 8 bytes, mode 0600)\n',
    );
  });
});
