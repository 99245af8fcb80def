import { expect, it } from 'vitest';
import { renderDiff } from '../../agent/commands/diff-text.ts';

const diff = '--- a/etc/hostname\n+++ b/etc/hostname\n@@ -1 +1 @@\n-old\n+new\n same\tas\u001b[2J before\n';

it('a diff is coloured where colours may be', () => {
  expect(renderDiff(diff, { colour: true, unicode: true })).toBe(
    [
      '\u001b[1m--- a/etc/hostname\u001b[22m',
      '\u001b[1m+++ b/etc/hostname\u001b[22m',
      '\u001b[36m@@ -1 +1 @@\u001b[39m',
      '\u001b[31m-old\u001b[39m',
      '\u001b[32m+new\u001b[39m',
      ' same\tas\\u{1b}[2J before',
      '',
    ].join('\n'),
  );
});

it('and is nothing but text elsewhere', () => {
  expect(renderDiff(diff, { colour: false, unicode: false })).toBe(diff.replace('\u001b', '\\u{1b}'));
});
