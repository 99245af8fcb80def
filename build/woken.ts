import { setTimeout } from 'node:timers/promises';
import { startupSnapshot } from 'node:v8';
import { processIo } from '../agent/commands/io.ts';
import { main, start } from '../agent/main.ts';

/**
 * The program that the binary's heap snapshot is made of. The build runs it once: it makes the runs that LX_AGENT_WARM_UP
 * lists, so that the modules of a boot are loaded and its functions compiled, and what stands then is what every start
 * of the binary wakes up with. Nothing of the building machine may stay in it: no module keeps what it read.
 */
startupSnapshot.setDeserializeMainFunction(start);

const runs: readonly (readonly string[])[] = JSON.parse(process.env.LX_AGENT_WARM_UP ?? '[]');
const silent = { write: () => undefined, isTerminal: false };

async function warmUp(): Promise<void> {
  // The runs here have no console; many a boot has.
  process.getBuiltinModule('node:tty');
  for (const run of runs) {
    const status = await main(run, { ...processIo(), stdout: silent, environment: {} });
    if (status !== 0) throw new Error(`lx-agent ${run.join(' ')}: exit status ${status}`);
  }
  // Node remembers when the next timer is due, even if that is an unreferenced one that was cancelled (the progress line's
  // has a second), by a clock that every process begins anew: timers of a later process would wait in vain. It forgets
  // when a timer fires after all others were due.
  await setTimeout(1500);
}

warmUp().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
