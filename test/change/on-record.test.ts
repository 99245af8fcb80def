import { expect, it } from 'vitest';
import type { FileChange, LinkChange } from '../../agent/change/change.ts';
import { isOnRecord } from '../../agent/change/records.ts';
import { emptyState, type State } from '../../agent/system/state.ts';

// A boot that changes nothing takes no lock and reads the state once: what it finds must be on record.

const file = (claim: FileChange['claim']): FileChange => ({
  kind: 'file',
  path: '/etc/x',
  content: 'x\n',
  mode: 0o644,
  claim,
  why: '',
});
const link: LinkChange = { kind: 'link', path: '/etc/x', target: 'y', why: '' };
const recorded: State = { ...emptyState, files: { '/etc/x': 'mark' }, modes: { '/etc/x': '0644 0:0' } };

it.each([
  ["a file that is everybody's, of which nothing is recorded", file('shared'), emptyState, true],
  [
    "a file that is everybody's, to which something is owed",
    file('shared'),
    { ...emptyState, owed: { '/etc/x': 'a' } },
    false,
  ],
  ['a file with its content and mode', file('ours-until-edited'), recorded, true],
  [
    'a file of an earlier version, without its mode',
    file('ours-until-edited'),
    { ...recorded, modes: {} },
    false,
  ],
  [
    'a file whose change was begun',
    file('ours-until-edited'),
    { ...recorded, pending: { '/etc/x': 'mark' } },
    false,
  ],
  ['a link', link, recorded, true],
  ['a link that is not recorded', link, emptyState, false],
  ['a link that is made only where nothing is', { ...link, claim: 'once' as const }, emptyState, true],
])('%s', (_what, change, state, isThere) => {
  expect(isOnRecord(state, change)).toBe(isThere);
});
