import { type Lock, Locked, takeLock } from './lock.ts';
import type { Root } from './root.ts';
import { RootError } from './root-error.ts';
import { readScriptsOfBoot, writeScriptsOfBoot } from './scripts-of-boot.ts';
import { findState, parseState, type State, stateFolder, statePath, stateText } from './state.ts';

/** Changes a state; answers with the same state where there is nothing to change. */
export type StateChange = (state: State) => State;

/** The state of a root, which other agents may read and change at any time. */
export interface Ledger {
  /** The state as this process last read or wrote it. */
  readonly state: State;
  /** Read again what others may have written meanwhile. */
  refresh(): void;
  /**
   * Apply a change to the state as it is on disk now, under its lock, and write the result; `durable` waits until it
   * outlives a power cut. Nothing is written where the change changes nothing. A change that cannot be written counts for
   * this process all the same, and goes with the next one. Throws RootError.
   */
  record(change: StateChange, durable?: boolean): Promise<void>;
  /** See to it that there is a state on disk, and that all that was recorded outlives a power cut. Throws RootError. */
  settle(): Promise<void>;
}

/** Milliseconds. A holder needs a few of them, for one reading and writing of a small file. */
const patience = 10_000;

/** Open the state of a root; `warn` hears where records were lost. */
export function openLedger(root: Root, boot: string | undefined, warn: (message: string) => void): Ledger {
  const found = findState(root);
  if (found.fault !== undefined) warn(found.fault);
  /** What is on disk, as far as this process knows. */
  let known = found.text;
  let isBroken = found.fault !== undefined;
  let unsaved: readonly StateChange[] = [];
  let isDurable = true;
  let state = withScriptsOfBoot(found.state);

  function withScriptsOfBoot(read: State): State {
    const scripts = readScriptsOfBoot(root, boot);
    return Object.keys(scripts).length === 0 ? read : { ...read, scripts: { ...read.scripts, ...scripts } };
  }

  function refresh(): void {
    if (isBroken) {
      lookAgain();
      return;
    }
    const now = readAgain();
    if (now === undefined || now === known) return;
    const { state: fresh, text } = parseState(now);
    if (text === undefined) return;
    adopt(fresh, text);
  }

  /** A disk that failed for a moment has lost nothing, and another agent may have written a sound state meanwhile. */
  function lookAgain(): void {
    const again = findState(root);
    if (again.fault === undefined) adopt(again.state, again.text);
  }

  function adopt(fresh: State, text: string | undefined): void {
    known = text;
    isBroken = false;
    state = unsaved.reduce((before, change) => change(before), withScriptsOfBoot(fresh));
  }

  function readAgain(): string | undefined {
    try {
      return root.readText(statePath);
    } catch (error) {
      if (error instanceof RootError) return undefined;
      throw error;
    }
  }

  function write(durable: boolean): void {
    try {
      if (root.entry(stateFolder) === undefined) root.makeDirectory(stateFolder, { mode: 0o755 });
      // It may be a folder, or hold what somebody can still read something from.
      if (isBroken && root.entry(statePath) !== undefined) root.rename(statePath, `${statePath}.broken`);
      isBroken = false;
      const text = stateText(state);
      root.write(statePath, text, { mode: 0o600, durable });
      known = text;
      isDurable = durable;
      unsaved = [];
    } finally {
      writeScriptsOfBoot(root, boot, state.scripts);
    }
  }

  async function locked(use: () => void): Promise<void> {
    const lock = await patiently();
    try {
      use();
    } finally {
      lock.release();
    }
  }

  /** Who holds the lock for so long is stopped or hangs; a boot goes on. */
  async function patiently(): Promise<Lock> {
    try {
      return await takeLock(root, 'state', patience);
    } catch (error) {
      if (!(error instanceof Locked)) throw error;
      warn(error.message);
      return { release: () => undefined };
    }
  }

  return {
    get state() {
      return state;
    },
    refresh,
    record: async (change, durable = false) => {
      refresh();
      // What is on record already needs no lock.
      if (change(state) === state && unsaved.length === 0) return;
      await locked(() => {
        refresh();
        const changed = change(state);
        if (changed === state && unsaved.length === 0) return;
        state = changed;
        unsaved = [...unsaved, change];
        if (stateText(state) !== known || (durable && !isDurable)) write(durable);
        else unsaved = [];
      });
    },
    settle: async () => {
      if (known !== undefined && isDurable && unsaved.length === 0) return;
      await locked(() => {
        refresh();
        write(true);
      });
    },
  };
}
