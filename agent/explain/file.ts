import { lstatSync } from 'node:fs';
import { backupsOf } from '../change/backups.ts';
import { type Found, isAsWritten, lookAtPath } from '../change/ownership.ts';
import { readRecord } from '../image/record.ts';
import type { KeptReport, KeptStep } from '../report/schema.ts';
import { timestamp } from '../system/clock.ts';
import { isPlatformWritten } from '../system/platform-mark.ts';
import type { Root } from '../system/root.ts';
import { RootError } from '../system/root-error.ts';
import { findState, stateFolder } from '../system/state.ts';

/** What is known of a file: who wanted it there, what became of that, and whose it is now. */
export interface FileStory {
  readonly path: string;
  /** What each step that names the file last did with it; the steps of the newest run first. */
  readonly steps: readonly StepStory[];
  /** When the content that is there was written, ISO 8601. */
  readonly modified?: string;
  readonly owner: Owner;
  /** Why it is that owner's, for a person. */
  readonly because: string;
  /** Copies of what somebody had written there, made before the agent took the file over. */
  readonly backups: readonly string[];
}

/** `none`: nothing is there. `shared`: others' file with lines of the agent in it. */
export type Owner = 'agent' | 'edited' | 'shared' | 'platform' | 'others' | 'image' | 'none' | 'unknown';

export interface StepStory {
  readonly step: string;
  readonly stage: KeptStep['stage'];
  /** When a run last looked at the file, ISO 8601, and what came of it. */
  readonly looked: string;
  readonly result: KeptStep['result'];
  /** The kind of change, `file` for instance. */
  readonly kind: string;
  readonly why: string;
  readonly reason?: string;
  /** The last run on record that changed it, ISO 8601. */
  readonly changed?: string;
  /** The metadata keys that there were in that run. */
  readonly metadata: readonly string[];
}

/** All that the reports, newest first, the state and the root tell of a path. Throws RootError. */
export function fileStory(root: Root, path: string, reports: readonly KeptReport[]): FileStory {
  const steps = storiesOf(path, reports);
  const entry = root.entry(path);
  const modified = entry?.kind === 'file' ? timestamp(lstatSync(root.outside(path)).mtime) : undefined;
  return {
    path,
    steps,
    ...(modified === undefined ? {} : { modified }),
    ...ownerOf(root, path, steps),
    backups: backupsOf(root, path),
  };
}

function storiesOf(path: string, reports: readonly KeptReport[]): StepStory[] {
  const stories = new Map<string, StepStory>();
  for (const report of reports)
    for (const step of report.steps)
      for (const change of step.changes) {
        if (!touches(change, path)) continue;
        const known = stories.get(step.name);
        if (known === undefined)
          stories.set(step.name, {
            step: step.name,
            stage: step.stage,
            looked: report.started,
            result: change.result,
            kind: change.kind,
            why: change.why,
            ...(change.reason === undefined ? {} : { reason: change.reason }),
            ...(change.result === 'changed' ? { changed: report.started } : {}),
            metadata: report.metadata.status === 'read' ? report.metadata.keys : [],
          });
        else if (known.changed === undefined && change.result === 'changed')
          stories.set(step.name, { ...known, changed: report.started });
      }
  return [...stories.values()];
}

/** Whether a change of a report is about a path; see `subject` for how it is named there. */
export function touches({ kind, what }: KeptStep['changes'][number], path: string): boolean {
  return pathsOf(kind, what).includes(path);
}

/** The paths that a change of a report is about; none for a program. */
export function pathsOf(kind: string, what: string): readonly string[] {
  if (kind === 'command') return [];
  if (kind === 'rename') return what.split(' -> ');
  const made = kind === 'generated' ? /^(.*)\/\{(.*)\}$/.exec(what) : null;
  const [, folder, names] = made ?? [];
  return names === undefined ? [what] : names.split(',').map((name) => `${folder}/${name}`);
}

function ownerOf(
  root: Root,
  path: string,
  [last]: readonly StepStory[],
): Pick<FileStory, 'owner' | 'because'> {
  const entry = root.entry(path);
  if (entry === undefined) return { owner: 'none', because: 'nothing is there' };
  const { state, fault, denied } = findState(root);
  if (denied === true)
    return { owner: 'unknown', because: 'what the agent wrote is on record for root only; ask as root' };
  if (entry.kind === 'file' || entry.kind === 'link') {
    const found = readable(root, path);
    if (found === undefined) return { owner: 'unknown', because: 'the file cannot be read; ask as root' };
    if (isAsWritten(path, found, state))
      return { owner: 'agent', because: 'it is as the agent last wrote or found it' };
    if (found.content !== undefined && isPlatformWritten(found.content))
      return { owner: 'platform', because: "it has the mark of the platform's own scripts" };
    if ((state.files[path] ?? state.pending?.[path]) !== undefined)
      return { owner: 'edited', because: 'it is not as the agent last wrote it' };
  }
  if (readRecord(root)?.entries.some((one) => one.path === path) === true)
    return { owner: 'image', because: 'lx-agent image install put it there' };
  if (
    path.startsWith(`${stateFolder}/`) ||
    path.startsWith('/run/lx-agent') ||
    path.startsWith('/var/log/lx-agent')
  )
    return { owner: 'agent', because: 'the agent keeps its own records there' };
  if (fault !== undefined)
    return { owner: 'unknown', because: 'the record of what the agent wrote was lost' };
  if (last === undefined) return { owner: 'others', because: 'no run on record had to do with it' };
  if (last.result === 'kept') return { owner: 'others', because: last.reason ?? 'the agent leaves it' };
  if (last.result === 'failed')
    return { owner: 'others', because: 'the agent has no record of having written it' };
  if (last.kind === 'generated') return { owner: 'agent', because: 'a program that the agent ran made it' };
  // Each file that is the agent's alone is on record.
  if (last.kind === 'file')
    return { owner: 'shared', because: 'the agent keeps its own part in it, and leaves the rest' };
  return { owner: 'agent', because: 'it is what the agent wants there' };
}

function readable(root: Root, path: string): Found | undefined {
  try {
    return lookAtPath(path, root);
  } catch (error) {
    if (error instanceof RootError && ['EACCES', 'EPERM'].includes(error.code)) return undefined;
    throw error;
  }
}
