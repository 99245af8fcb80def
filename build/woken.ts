import { setTimeout } from 'node:timers/promises';
import { queryObjects, setFlagsFromString, startupSnapshot } from 'node:v8';
import { processIo } from '../agent/commands/io.ts';
import { main, start } from '../agent/main.ts';

/**
 * The program that the binary's heap snapshot is made of. The build runs it once: it makes the runs that LX_AGENT_WARM_UP
 * lists, so that the modules of a boot are loaded and its functions compiled, and what stands then is what every start
 * of the binary wakes up with. Nothing of the building machine may stay in it: no module keeps what it read.
 */
startupSnapshot.setDeserializeMainFunction(start);

const runs: readonly (readonly string[])[] = JSON.parse(process.env.LX_AGENT_WARM_UP ?? '[]');
const nowhere = { write: () => undefined, isTerminal: false };

async function makeSnapshot(): Promise<void> {
  if (!process.execArgv.includes(internals)) return makeItWithInternals();
  // The runs here have no console; many a boot has.
  process.getBuiltinModule('node:tty');
  await warmUp();
  dropBytecode();
  startNode();
  await warmUp();
  // Node remembers when the next timer is due, even if that is an unreferenced one that was cancelled (the progress line's
  // has a second), by a clock that every process begins anew: timers of a later process would wait in vain. It forgets
  // when a timer fires after all others were due.
  await setTimeout(1500);
  leaveBufferPool();
}

const internals = '--expose-internals';

/** pkg gives the Node.js that makes the snapshot no options: it makes the snapshot in a process of its own, with this one. */
function makeItWithInternals(): never {
  const { execFileSync } = process.getBuiltinModule('node:child_process');
  execFileSync(process.execPath, [internals, ...process.execArgv], { stdio: 'inherit' });
  process.exit();
}

async function warmUp(): Promise<void> {
  for (const run of runs) {
    const status = await main(run, { ...processIo(), stdout: nowhere, environment: {} });
    if (status !== 0) throw new Error(`lx-agent ${run.join(' ')}: exit status ${status}`);
  }
}

/**
 * Let V8 drop the bytecode of all functions. Most of them ran once, while Node and the program were loaded, and every
 * start would read them from the snapshot; what a boot calls is compiled anew by the runs that follow.
 */
function dropBytecode(): void {
  setFlagsFromString('--stress-flush-code');
  queryObjects(Map); // for the sake of the full garbage collection that comes before its search
  setFlagsFromString('--no-stress-flush-code');
}

/** Call what Node calls first whenever it wakes up, so that this is compiled too. Throws where Node has no such function. */
function startNode(): void {
  const preExecution = process.getBuiltinModule('internal/process/pre_execution');
  const start =
    preExecution && 'prepareMainThreadExecution' in preExecution && preExecution.prepareMainThreadExecution;
  if (typeof start !== 'function') throw new Error('this Node.js does not start as Node.js 24 does');
  start(false);
}

/**
 * Small buffers are parts of one of 64 KiB, until it is used up. The one in use would be in the snapshot, with what the
 * runs read, and be copied by every start: a tiny one takes its place, and the first start's buffer that of this.
 */
function leaveBufferPool(): void {
  const { poolSize } = Buffer;
  const part = 8;
  Buffer.poolSize = 4 * part;
  for (let left = poolSize; left >= 0; left -= part) Buffer.allocUnsafe(part);
  Buffer.poolSize = poolSize;
}

makeSnapshot().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
