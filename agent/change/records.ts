import type { Entry } from '../system/root.ts';
import type { ScriptRecord, State } from '../system/state.ts';
import type { Change } from './change.ts';
import { attributesOf, fingerprint, linkFingerprint } from './ownership.ts';

/** Record what is about to be written. After a kill, the agent then owns both the old content and the new one. */
export function withPending(state: State, changes: readonly Change[]): State {
  const marks = changes.flatMap((change) => {
    const mark = fingerprintOf(change);
    return 'path' in change && mark !== undefined ? [[change.path, mark] as const] : [];
  });
  return { ...state, pending: { ...state.pending, ...Object.fromEntries(marks) } };
}

/** A Change is in place now, as `entry`. Record it as written by the agent and no longer pending. */
export function withDone(state: State, change: Change, entry?: Entry): State {
  const recorded = withAttributes(withRecord(state, change), change, entry);
  return without('owed', without('pending', recorded, change), change);
}

/** A Change failed. Record the part of others' file that it still has to replace. */
export function withFailed(state: State, change: Change): State {
  if (change.kind !== 'file' || change.replaces === undefined) return state;
  return { ...state, owed: { ...state.owed, [change.path]: change.replaces } };
}

/** Record how a script ended or, at its start, that it began. */
export function withScript(state: State, name: string, how: ScriptRecord): State {
  return { ...state, scripts: { ...state.scripts, [name]: how } };
}

/**
 * Record what already has the desired state. A file that was edited by hand still counts as edited, even if the metadata
 * has the same content now. For a file that an earlier version wrote, the mode and owner are added.
 */
export function withFound(state: State, change: Change, entry?: Entry): State {
  if (!('path' in change) || !(change.path in state.files) || change.path in (state.pending ?? {}))
    return withDone(state, change, entry);
  return withAttributes(state, change, entry);
}

/** Whether the record of a file or link is complete, so that a boot without changes need not hash anything. */
export function isOnRecord(state: State, change: Change): boolean {
  if (change.kind !== 'file' && change.kind !== 'link') return true;
  if (change.path in (state.pending ?? {})) return false;
  // For a shared file only an unremoved part is recorded, and that is gone now.
  if (change.kind === 'file' && change.claim === 'shared') return !(change.path in (state.owed ?? {}));
  if (change.kind === 'link') return change.claim === 'once' || change.path in state.files;
  return change.path in state.files && change.path in (state.modes ?? {});
}

/** The agent never owns a shared file. */
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
