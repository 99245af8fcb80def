import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { openCoverage } from './coverage.ts';
import { altered, chanceFrom, decodeInput, encodeInput, type Input, smallest } from './input.ts';
import { targets } from './target.ts';

/** What the thread is to do: a target for some seconds, or one input. */
export interface Order {
  readonly name: string;
  readonly seconds: number;
  readonly seed: number;
  /** An input to try instead, as `encodeInput` writes it. */
  readonly replay: string | undefined;
  /** Where the input stands that is being tried: its length, then its bytes. For whoever finds that we hang. */
  readonly current: SharedArrayBuffer;
}

/** What it says at the end. */
export interface Outcome {
  readonly inputs: number;
  readonly kept: number;
  readonly ways: number;
  readonly failure: { readonly input: string; readonly reason: string } | undefined;
}

async function fuzz({ name, seconds, seed, replay, current }: Order): Promise<Outcome> {
  const load = targets[name];
  if (load === undefined) throw new Error(`there is no target ${name}`);
  // Before the agent's code is loaded: what was compiled earlier is told by whole functions only.
  const coverage = await openCoverage();
  const target = await load();
  const folder = mkdtempSync(join(tmpdir(), 'lx-agent-fuzz-'));
  const opened = await target.open(folder);
  const chance = chanceFrom(seed);
  const kept: Input[] = [];
  let inputs = 0;

  async function reasonOf(input: Input): Promise<string | undefined> {
    show(current, encodeInput(input));
    try {
      await opened.hold(input);
      // A turn of the event loop, at which what the agent keeps open within one is closed.
      await setImmediate();
      return undefined;
    } catch (error) {
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  }
  async function failed(input: Input, reason: string): Promise<Outcome> {
    const small = await smallest(input, async (candidate) => (await reasonOf(candidate)) !== undefined);
    const failure = { input: encodeInput(small), reason: (await reasonOf(small)) ?? reason };
    return { inputs, kept: kept.length, ways: coverage.ways, failure };
  }

  try {
    const queue = replay === undefined ? [...target.seeds] : [decodeInput(replay)];
    const end = Date.now() + seconds * 1000;
    while (queue.length > 0 || (replay === undefined && Date.now() < end)) {
      const known = queue.shift();
      const parent = kept[chance(kept.length)] ?? {};
      const input = known ?? altered(parent, kept, target.tokens, chance);
      inputs++;
      const reason = await reasonOf(input);
      if (reason !== undefined) return await failed(input, reason);
      // An input that reached code that none before it had reached is worth altering further.
      if ((await coverage.hasNews()) || known !== undefined) kept.push(input);
    }
    return { inputs, kept: kept.length, ways: coverage.ways, failure: undefined };
  } finally {
    coverage.close();
    await opened.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counts up with each input, so that it shows when none comes any more. */
function show(current: SharedArrayBuffer, text: string): void {
  const [turn, bytes] = [new Int32Array(current, 0, 2), new Uint8Array(current, 8)];
  turn[1] = new TextEncoder().encodeInto(text, bytes).written;
  Atomics.add(turn, 0, 1);
}

parentPort?.postMessage(await fuzz(workerData));
