import type { ScriptRecord, State } from '../system/state.ts';
import type { Change } from './change.ts';
import { fingerprint } from './ownership.ts';

/** What is about to be written, on record ahead of it: after a kill, the old content and the new one are ours. */
export function withPending(state: State, changes: readonly Change[]): State {
  const hashes = changes.flatMap((change) =>
    change.kind === 'file' ? [[change.path, fingerprint(change.content)] as const] : [],
  );
  return { ...state, pending: { ...state.pending, ...Object.fromEntries(hashes) } };
}

/** What a Change wanted is there now: it is remembered as written by us, and is pending no more. */
export function withDone(state: State, change: Change): State {
  return without('owed', without('pending', withRecord(state, change), change), change);
}

/** A Change failed: what it was to replace in others' file is owed. */
export function withFailed(state: State, change: Change): State {
  if (change.kind !== 'file' || change.replaces === undefined) return state;
  return { ...state, owed: { ...state.owed, [change.path]: change.replaces } };
}

/** How a script ran; at its start, that it was begun. */
export function withScript(state: State, name: string, how: ScriptRecord): State {
  return { ...state, scripts: { ...state.scripts, [name]: how } };
}

/**
 * Whether a file has its record already: a boot that changes nothing hashes nothing. A file that somebody edited
 * into what the metadata then came to say stays an edited one.
 */
export function isOnRecord(state: State, change: Change): boolean {
  return change.kind === 'file' && change.path in state.files && !(change.path in (state.pending ?? {}));
}

/** A shared file stays everybody's. */
function withRecord(state: State, change: Change): State {
  if (change.kind === 'file' && change.claim !== 'shared')
    return { ...state, files: { ...state.files, [change.path]: fingerprint(change.content) } };
  if (change.kind === 'absent' && change.path in state.files) {
    const { [change.path]: _gone, ...files } = state.files;
    return { ...state, files };
  }
  return state;
}

/** After a failure a Change stays pending: the file may be the old one or the new one. */
function without(member: 'pending' | 'owed', state: State, change: Change): State {
  const { [member]: entries, ...rest } = state;
  if (entries === undefined || !('path' in change) || !(change.path in entries)) return state;
  const { [change.path]: _done, ...open } = entries;
  return Object.keys(open).length === 0 ? rest : { ...rest, [member]: open };
}
