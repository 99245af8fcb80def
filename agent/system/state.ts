import * as v from 'valibot';
import type { Root } from './root.ts';

/** Where the agent keeps what must outlive a boot. */
export const stateFolder = '/var/lib/lx-agent';
const statePath = `${stateFolder}/state.json`;

export const stateSchema = v.object({
  version: v.literal(1),
  /** The instance that the records are about. */
  instance: v.optional(v.string()),
  /** Path → SHA-256 (hex) of what the agent last wrote there. */
  files: v.record(v.string(), v.string()),
  /** What is being written, recorded ahead of replacing a file on record: after a kill, either content is ours. */
  pending: v.optional(v.record(v.string(), v.string())),
  /** Path → what a change that failed was to replace there, by which the next run still knows it. */
  owed: v.optional(v.record(v.string(), v.string())),
  /** Script name → how it last ran. */
  scripts: v.record(
    v.string(),
    v.object({
      boot: v.optional(v.string()),
      started: v.string(),
      milliseconds: v.number(),
      exit: v.nullable(v.number()),
      signal: v.optional(v.string()),
    }),
  ),
});

/** What the agent knows of its earlier runs on a root. */
export type State = v.InferOutput<typeof stateSchema>;
export type ScriptRecord = State['scripts'][string];

export const emptyState: State = { version: 1, files: {}, scripts: {} };

/** Read the state of a root. What cannot be read counts as no state, and the reason is handed to `warn`. */
export function readState(root: Pick<Root, 'readText'>, warn: (message: string) => void): State {
  const text = root.readText(statePath);
  if (text === undefined) return emptyState;
  try {
    return v.parse(stateSchema, JSON.parse(text));
  } catch (error) {
    warn(
      `${statePath}: not a record of this program (${error instanceof Error ? error.message : error}); starting a new one`,
    );
    return emptyState;
  }
}

/** Write the state, if it differs from what is there: its members are always in the same order. */
export function writeState(root: Root, state: State): void {
  const { version, instance, files, pending, owed, scripts } = state;
  const text = `${JSON.stringify({ version, instance, files, pending, owed, scripts }, null, 1)}\n`;
  if (root.readText(statePath) === text) return;
  root.makeDirectory(stateFolder, { mode: 0o755 });
  root.write(statePath, text, { mode: 0o600 });
}
