import * as v from 'valibot';
import { timestamp } from './clock.ts';
import type { Root } from './root.ts';
import { RootError } from './root-error.ts';

/** Where the agent keeps what must outlive a boot. */
export const stateFolder = '/var/lib/lx-agent';
export const statePath = `${stateFolder}/state.json`;

/** How a script ran. */
export const scriptRecordSchema = v.object({
  boot: v.optional(v.string()),
  started: v.string(),
  milliseconds: v.number(),
  exit: v.nullable(v.number()),
  signal: v.optional(v.string()),
  error: v.pipe(v.optional(v.string()), v.description('Why it could not be started')),
  running: v.pipe(
    v.optional(v.object({ agent: v.string(), program: v.optional(v.string()) })),
    v.description('While it runs: its processes, each as PID-START'),
  ),
});

const stateSchema = v.object({
  version: v.literal(1),
  /** The instance that the records are about. */
  instance: v.optional(v.string()),
  /**
   * When it was found that earlier records were lost, ISO 8601: a file without a record may be somebody's since then, and
   * is not taken for one that the image shipped.
   */
  lost: v.optional(v.string()),
  /** Path → SHA-256 (hex) of the file that the agent last wrote there, or `link TARGET`. */
  files: v.record(v.string(), v.string()),
  /** Path → the mode and, where root wrote it, the owner of that file: `0644 0:0`. Versions up to 0.1.0 recorded none. */
  modes: v.optional(v.record(v.string(), v.string())),
  /** What is being written, recorded ahead of replacing a file on record: after a kill, either content is ours. */
  pending: v.optional(v.record(v.string(), v.string())),
  /** Path → what a change that failed was to replace there, by which the next run still knows it. */
  owed: v.optional(v.record(v.string(), v.string())),
  /** Script name → how it last ran. */
  scripts: v.record(v.string(), scriptRecordSchema),
});

/** What the agent knows of its earlier runs on a root. */
export type State = v.InferOutput<typeof stateSchema>;
export type ScriptRecord = State['scripts'][string];

export const emptyState: State = { version: 1, files: {}, scripts: {} };

/** A state as it was found on a root. */
export interface FoundState {
  readonly state: State;
  /** The text of a sound state file. */
  readonly text?: string;
  /** Why records were lost: there was a state, and it is gone or cannot be read. */
  readonly fault?: string;
  /** It is there, and this user may not read it. */
  readonly denied?: true;
}

/** Look for the state of a root. On one where the agent never ran it is empty. */
export function findState(root: Pick<Root, 'readText' | 'list'>): FoundState {
  try {
    const text = root.readText(statePath);
    if (text !== undefined) return parseState(text);
    if (!hadState(root)) return { state: emptyState };
    return lost(`${statePath} is gone, though the agent has run here`);
  } catch (error) {
    const denied = error instanceof RootError && ['EACCES', 'EPERM'].includes(error.code);
    return { ...lost(messageOf(error)), ...(denied && { denied }) };
  }
}

/** The state of a root; `warn` is told where records were lost. */
export function readState(root: Pick<Root, 'readText' | 'list'>, warn: (message: string) => void): State {
  const { state, fault } = findState(root);
  if (fault !== undefined) warn(fault);
  return state;
}

/** The state that a text holds. */
export function parseState(text: string): FoundState {
  try {
    return { state: v.parse(stateSchema, JSON.parse(text)), text };
  } catch (error) {
    return lost(`${statePath} is no record of this program (${messageOf(error)})`);
  }
}

/** The text that a state is kept as: its members are always in the same order. */
export function stateText({ version, instance, lost, files, modes, pending, owed, scripts }: State): string {
  return `${JSON.stringify({ version, instance, lost, files, modes, pending, owed, scripts }, null, 1)}\n`;
}

/** The reports of runs say whether there was a state when they ended. */
function hadState(root: Pick<Root, 'readText' | 'list'>): boolean {
  return root
    .list(stateFolder)
    .filter((name) => name.startsWith('report-'))
    .some((name) => /^ "recorded": true,?$/m.test(root.readText(`${stateFolder}/${name}`) ?? ''));
}

function lost(reason: string): FoundState {
  return {
    state: { ...emptyState, lost: timestamp(new Date()) },
    fault: `${reason}; a file that differs from what is wanted is kept, for it may be somebody's (--force takes it over)`,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
