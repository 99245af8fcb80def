import { describe, expect, it } from 'vitest';
import type { Change, FileChange } from '../../agent/change/change.ts';
import {
  isOnRecord,
  withDone,
  withFailed,
  withFound,
  withPending,
  withScript,
} from '../../agent/change/records.ts';
import type { Entry } from '../../agent/system/root.ts';
import { emptyState, type State } from '../../agent/system/state.ts';

const file: FileChange = {
  kind: 'file',
  path: '/etc/x',
  content: 'x',
  mode: 0o640,
  claim: 'ours-until-edited',
  why: '',
};
/** By sha256sum(1) of `x`. */
const mark = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
const link: Change = { kind: 'link', path: '/etc/l', target: '../y', why: '' };
const absent: Change = { kind: 'absent', path: '/etc/x', why: '' };
const command: Change = { kind: 'command', argv: ['true'], deadline: 1, why: '' };
const entry: Entry = { kind: 'file', mode: 0o640, uid: 0, gid: 7, size: 1 };
const attributes = process.geteuid?.() === 0 ? '0640 0:7' : '0640';

describe('before a Change', () => {
  it('what is about to be written is pending, beside what was', () => {
    const before: State = { ...emptyState, pending: { '/etc/old': 'mark' } };
    expect(withPending(before, [file, link, absent, command]).pending).toEqual({
      '/etc/old': 'mark',
      '/etc/x': mark,
      '/etc/l': 'link ../y',
    });
  });
});

describe('after a Change', () => {
  it('a file is on record with its mode and owner, and pending no more', () => {
    const done = withDone(withPending(emptyState, [file, link]), file, entry);
    expect(done).toEqual({
      ...emptyState,
      files: { '/etc/x': mark },
      modes: { '/etc/x': attributes },
      pending: { '/etc/l': 'link ../y' },
    });
    expect(withDone(done, link)).toEqual({
      ...emptyState,
      files: { '/etc/x': mark, '/etc/l': 'link ../y' },
      modes: { '/etc/x': attributes },
    });
  });

  it('a file of which the mode is not known has none on record', () => {
    const state: State = { ...emptyState, files: { '/etc/x': mark }, modes: { '/etc/x': '0644 0:0' } };
    expect(withDone(state, file)).toEqual({ ...emptyState, files: { '/etc/x': mark } });
  });

  it('a file that was removed is forgotten, and others are not', () => {
    const state: State = {
      ...emptyState,
      files: { '/etc/x': mark, '/etc/y': 'other' },
      modes: { '/etc/x': '0644 0:0', '/etc/y': '0600 0:0' },
    };
    expect(withDone(state, absent)).toEqual({
      ...emptyState,
      files: { '/etc/y': 'other' },
      modes: { '/etc/y': '0600 0:0' },
    });
    const unknown = { ...emptyState, modes: { '/etc/x': '0644' } };
    expect(withDone(unknown, absent)).toEqual(unknown);
  });

  it.each<[string, Change]>([
    ['a file that is everybody’s', { ...file, claim: 'shared' }],
    ['a link that is only made where nothing is', { ...link, claim: 'once' } as Change],
    ['a program', command],
    ['a folder', { kind: 'directory', path: '/etc/x', mode: 0o755, why: '' }],
  ])('%s leaves no record', (_what, change) => {
    expect(withDone(emptyState, change, entry)).toEqual(emptyState);
    expect(isOnRecord(emptyState, change)).toBe(true);
  });
});

describe('what was found as it is wanted', () => {
  const state: State = { ...emptyState, files: { '/etc/x': 'an older mark' } };

  it('keeps its mark, so that an edited file stays one, and gets the mode that an earlier version did not record', () => {
    expect(withFound(state, file, entry)).toEqual({ ...state, modes: { '/etc/x': attributes } });
  });

  it('is on record from then on where it was not, or was pending', () => {
    const files = { '/etc/x': mark };
    expect(withFound(emptyState, file, entry).files).toEqual(files);
    expect(withFound({ ...state, pending: { '/etc/x': mark } }, file, entry)).toEqual({
      ...emptyState,
      files,
      modes: { '/etc/x': attributes },
    });
  });

  it('of a program changes nothing', () => {
    expect(withFound(state, command)).toEqual(state);
  });
});

describe('what a failed Change owes in others’ file', () => {
  const shared: FileChange = { ...file, claim: 'shared', replaces: 'web-1' };

  it('is on record until it was done', () => {
    const owing = withFailed({ ...emptyState, owed: { '/etc/y': 'b' } }, shared);
    expect(owing.owed).toEqual({ '/etc/y': 'b', '/etc/x': 'web-1' });
    expect(withDone(owing, shared).owed).toEqual({ '/etc/y': 'b' });
    expect(withDone(withFailed(emptyState, shared), shared)).toEqual(emptyState);
  });

  it('is nothing where nothing is replaced', () => {
    expect(withFailed(emptyState, file)).toEqual(emptyState);
    expect(withFailed(emptyState, command)).toEqual(emptyState);
  });
});

it('how a script ran is on record beside the others', () => {
  const how = { started: '2026-11-26T07:05:22.123Z', milliseconds: 12, exit: 0 };
  const before = withScript(emptyState, 'operator-script', how);
  expect(withScript(before, 'user-script', how).scripts).toEqual({
    'operator-script': how,
    'user-script': how,
  });
});
