import type { Entry } from '../system/root.ts';
import type { ScriptRecord, State } from '../system/state.ts';
import type { Change } from './change.ts';
import { attributesOf, fingerprint, linkFingerprint } from './ownership.ts';

/** What is about to be written, on record ahead of it: after a kill, the old content and the new one are ours. */
export function withPending(state: State, changes: readonly Change[]): State {
  const marks = changes.flatMap((change) => {
    const mark = fingerprintOf(change);
    return 'path' in change && mark !== undefined ? [[change.path, mark] as const] : [];
  });
  return { ...state, pending: { ...state.pending, ...Object.fromEntries(marks) } };
}

/** What a Change wanted is there now, as `entry`: it is remembered as written by us, and is pending no more. */
export function withDone(state: State, change: Change, entry?: Entry): State {
  const recorded = withAttributes(withRecord(state, change), change, entry);
  return without('owed', without('pending', recorded, change), change);
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
 * What was found as it is wanted. A file that somebody edited into what the metadata then came to say stays an edited
 * one; of a file that an earlier version wrote, the mode and the owner are added.
 */
export function withFound(state: State, change: Change, entry?: Entry): State {
  if (!('path' in change) || !(change.path in state.files) || change.path in (state.pending ?? {}))
    return withDone(state, change, entry);
  return withAttributes(state, change, entry);
}

/** Whether a file or a link has its whole record already: a boot that changes nothing hashes nothing. */
export function isOnRecord(state: State, change: Change): boolean {
  if (change.kind !== 'file' && change.kind !== 'link') return true;
  if (change.path in (state.pending ?? {})) return false;
  // Of a file that is everybody's, nothing is recorded but what is owed, which is then no more.
  if (change.kind === 'file' && change.claim === 'shared') return !(change.path in (state.owed ?? {}));
  if (change.kind === 'link') return change.claim === 'once' || change.path in state.files;
  return change.path in state.files && change.path in (state.modes ?? {});
}

/** A shared file stays everybody's. */
function withRecord(state: State, change: Change): State {
  if (change.kind === 'absent') {
    if (!(change.path in state.files)) return state;
    const { [change.path]: _gone, ...files } = state.files;
    return without('modes', { ...state, files }, change);
  }
  const mark = fingerprintOf(change);
  if (mark === undefined || !('path' in change) || (change.kind === 'file' && change.claim === 'shared'))
    return state;
  return { ...state, files: { ...state.files, [change.path]: mark } };
}

function withAttributes(state: State, change: Change, entry: Entry | undefined): State {
  if (!('path' in change) || !(change.path in state.files)) return state;
  if (entry?.kind !== 'file') return without('modes', state, change);
  return { ...state, modes: { ...state.modes, [change.path]: attributesOf(entry) } };
}

function fingerprintOf(change: Change): string | undefined {
  if (change.kind === 'file') return fingerprint(change.content);
  return change.kind === 'link' && change.claim !== 'once' ? linkFingerprint(change.target) : undefined;
}

/** After a failure a Change stays pending: the file may be the old one or the new one. */
function without(member: 'modes' | 'pending' | 'owed', state: State, change: Change): State {
  const { [member]: entries, ...rest } = state;
  if (entries === undefined || !('path' in change) || !(change.path in entries)) return state;
  const { [change.path]: _done, ...open } = entries;
  return Object.keys(open).length === 0 ? rest : { ...rest, [member]: open };
}
