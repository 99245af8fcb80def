import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { queryObjects, setFlagsFromString } from 'node:v8';
import { start } from '../../agent/main.ts';

/**
 * The program that the binary's heap snapshot is made of. The build runs it once: it makes the runs that LX_AGENT_WARM_UP
 * lists, so that the modules of a boot are loaded and its functions compiled, and what stands then is what every start
 * of the binary wakes up with. Nothing of the building machine may stay in it: no module keeps what it read.
 */
async function makeSnapshot(): Promise<void> {
  if (!process.execArgv.includes(internals)) return makeItWithInternals();
  const node = nodeInternals();
  const wake = (): Promise<void> => {
    // Without the loaders of CommonJS and ES modules: all modules are here.
    node.prepareMainThreadExecution(false, false);
    node.markBootstrapComplete();
    return start(warmUpWords);
  };
  await warmUp(wake);
  dropBytecode();
  await warmUp(wake);
  // Node remembers when the next timer is due, even if that is an unreferenced one that was cancelled (the progress line's
  // has a second), by a clock that every process begins anew: timers of a later process would wait in vain. It forgets
  // when a timer fires after all others were due.
  await setTimeout(1500);
  tellModules();
  leaveBufferPool();
  node.setDeserializeMainFunction(wake);
}

const internals = '--expose-internals';

/** pkg gives the Node.js that makes the snapshot no options: it makes the snapshot in a process of its own, with this one. */
function makeItWithInternals(): never {
  const { execFileSync } = process.getBuiltinModule('node:child_process');
  execFileSync(process.execPath, [internals, ...process.execArgv], {
    // The report of the runs is of no interest; a terminal would ask for more modules.
    stdio: ['inherit', 'ignore', 'inherit'],
    env: { LX_AGENT_WARM_UP: process.env.LX_AGENT_WARM_UP, LX_AGENT_MODULES: process.env.LX_AGENT_MODULES },
  });
  process.exit();
}

/**
 * What Node does when it wakes up, to be called here first: a function that was never called is compiled by every start.
 * That is also why its own v8.startupSnapshot.setDeserializeMainFunction() will not do: it puts one more around ours.
 */
function nodeInternals() {
  const preExecution = process.getBuiltinModule('internal/process/pre_execution');
  // It warns, rightly, that this is for nobody but Node.
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  const bindings = process.getBuiltinModule('internal/test/binding');
  process.emitWarning = emitWarning;
  const snapshotBinding = functionOf(bindings, 'internalBinding')('mksnapshot');
  return {
    prepareMainThreadExecution: functionOf(preExecution, 'prepareMainThreadExecution'),
    markBootstrapComplete: functionOf(preExecution, 'markBootstrapComplete'),
    setDeserializeMainFunction: functionOf(snapshotBinding, 'setDeserializeMainFunction'),
  };
}

/** Throws where Node has no such function. */
function functionOf(holder: unknown, name: string): (...words: readonly unknown[]) => unknown {
  const found: unknown =
    typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
  if (typeof found !== 'function') throw new Error(`this Node.js has no ${name}() as Node.js 24 has`);
  return (...words) => Reflect.apply(found, holder, words);
}

/** The arguments of a run of the warm-up; undefined in the snapshot, where those of the process count. */
let warmUpWords: readonly string[] | undefined;

/** Wake up for each of the runs, and go on where the process would end. */
async function warmUp(wake: () => Promise<void>): Promise<void> {
  const runs: readonly (readonly string[])[] = JSON.parse(process.env.LX_AGENT_WARM_UP ?? '[]');
  const reallyExit: unknown = Reflect.get(process, 'reallyExit');
  Reflect.set(process, 'reallyExit', () => undefined);
  try {
    for (const run of runs) {
      warmUpWords = run;
      await wake();
      if (process.exitCode !== 0)
        throw new Error(`lx-agent ${run.join(' ')}: exit status ${process.exitCode}`);
      process.exitCode = undefined;
      Reflect.set(process, '_exiting', false);
    }
  } finally {
    warmUpWords = undefined;
    Reflect.set(process, 'reallyExit', reallyExit);
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

/** Tell the build which of Node's own modules are in the snapshot: their sources must stay (passes/builtin-sources.ts). */
function tellModules(): void {
  const { LX_AGENT_MODULES: path } = process.env;
  if (path === undefined) throw new Error('LX_AGENT_MODULES must name the file for the list of modules');
  const list: unknown = Reflect.get(process, 'moduleLoadList');
  if (!Array.isArray(list)) throw new Error('this Node.js has no process.moduleLoadList as Node.js 24 has');
  writeFileSync(path, `${list.join('\n')}\n`);
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
