import { type Lock, Locked, takeLock } from './lock.ts';
import type { Root } from './root.ts';
import { RootError } from './root-error.ts';
import { readScriptsOfBoot, writeScriptsOfBoot } from './scripts-of-boot.ts';
import { findState, parseState, type State, stateFolder, statePath, stateText } from './state.ts';

/** Changes a state. Returns the same state if there is nothing to change. */
export type StateChange = (state: State) => State;

/** The state of a root, which other agents may read and change at any time. */
export interface Ledger {
  /** The state as this process last read or wrote it. */
  readonly state: State;
  /** Read the state again: another agent may have written it meanwhile. */
  refresh(): void;
  /**
   * Apply a change to the state that is on disk now, under its lock, and write the result. With `durable`, wait until it
   * outlives a power cut. Nothing is written if nothing changes. A change that cannot be written still counts for this
   * process, and is written with the next one. Throws RootError.
   */
  record(change: StateChange, durable?: boolean): Promise<void>;
  /** Make sure that a state is on disk, and that everything recorded outlives a power cut. Throws RootError. */
  settle(): Promise<void>;
}

/** Milliseconds. A holder needs a few of them to read and write one small file. */
const patience = 10_000;

/** What this process knows of the state, and what it has still to write. */
interface Memory {
  state: State;
  /** The text on disk, as far as this process knows. */
  onDisk: string | undefined;
  /** What lies on disk cannot be read, so the next write moves it away. */
  isBroken: boolean;
  /** Whether the text on disk outlives a power cut. */
  isDurable: boolean;
  /** Changes that could not be written. */
  unsaved: readonly StateChange[];
}

/** Open the state of a root; `warn` is called if records were lost. */
export function openLedger(root: Root, boot: string | undefined, warn: (message: string) => void): Ledger {
  const found = findState(root);
  if (found.fault !== undefined) warn(found.fault);
  const memory: Memory = {
    state: withScriptsOfBoot(found.state, root, boot),
    onDisk: found.text,
    isBroken: found.fault !== undefined,
    isDurable: true,
    unsaved: [],
  };
  const refresh = () => readAgain(memory, root, boot);

  return {
    get state() {
      return memory.state;
    },
    refresh,
    record: async (change, durable = false) => {
      refresh();
      // What is on record already needs no lock.
      if (!isNews(change, memory)) return;
      await withLock(root, warn, () => {
        refresh();
        if (!isNews(change, memory)) return;
        memory.state = change(memory.state);
        memory.unsaved = [...memory.unsaved, change];
        if (stateText(memory.state) !== memory.onDisk || (durable && !memory.isDurable))
          write(memory, durable, root, boot);
        else memory.unsaved = [];
      });
    },
    settle: async () => {
      if (memory.onDisk !== undefined && memory.isDurable && memory.unsaved.length === 0) return;
      await withLock(root, warn, () => {
        refresh();
        write(memory, true, root, boot);
      });
    },
  };
}

/** Whether there is something to write: the change itself, or an earlier one that could not be written. */
function isNews(change: StateChange, { state, unsaved }: Memory): boolean {
  return change(state) !== state || unsaved.length > 0;
}

/** Takes over what another agent has written meanwhile. */
function readAgain(memory: Memory, root: Root, boot: string | undefined): void {
  if (memory.isBroken) {
    lookAgain(memory, root, boot);
    return;
  }
  const now = textOnDisk(root);
  if (now === undefined || now === memory.onDisk) return;
  const { state, text } = parseState(now);
  if (text !== undefined) adopt(memory, withScriptsOfBoot(state, root, boot), text);
}

/** A disk that failed for a moment has lost nothing, and another agent may have written a sound state meanwhile. */
function lookAgain(memory: Memory, root: Root, boot: string | undefined): void {
  const again = findState(root);
  if (again.fault === undefined) adopt(memory, withScriptsOfBoot(again.state, root, boot), again.text);
}

/** Continue from the state on disk, with the changes that could not be written yet. */
function adopt(memory: Memory, onDisk: State, text: string | undefined): void {
  memory.onDisk = text;
  memory.isBroken = false;
  memory.state = memory.unsaved.reduce((before, change) => change(before), onDisk);
}

function textOnDisk(root: Root): string | undefined {
  try {
    return root.readText(statePath);
  } catch (error) {
    if (error instanceof RootError) return undefined;
    throw error;
  }
}

function write(memory: Memory, durable: boolean, root: Root, boot: string | undefined): void {
  try {
    if (root.entry(stateFolder) === undefined) root.makeDirectory(stateFolder, { mode: 0o755 });
    // A broken state may be a folder, or hold text that a person can still use.
    if (memory.isBroken && root.entry(statePath) !== undefined) root.rename(statePath, `${statePath}.broken`);
    memory.isBroken = false;
    const text = stateText(memory.state);
    root.write(statePath, text, { mode: 0o600, durable });
    memory.onDisk = text;
    memory.isDurable = durable;
    memory.unsaved = [];
  } finally {
    writeScriptsOfBoot(root, boot, memory.state.scripts);
  }
}

function withScriptsOfBoot(state: State, root: Root, boot: string | undefined): State {
  const scripts = readScriptsOfBoot(root, boot);
  return Object.keys(scripts).length === 0 ? state : { ...state, scripts: { ...state.scripts, ...scripts } };
}

async function withLock(root: Root, warn: (message: string) => void, use: () => void): Promise<void> {
  const lock = await lockOfState(root, warn);
  try {
    use();
  } finally {
    lock.release();
  }
}

/** A process that holds the lock for longer is stopped or hangs. The boot continues without the lock. */
async function lockOfState(root: Root, warn: (message: string) => void): Promise<Lock> {
  try {
    return await takeLock(root, 'state', patience);
  } catch (error) {
    if (!(error instanceof Locked)) throw error;
    warn(error.message);
    return { release: () => undefined };
  }
}
