import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { targets } from './target.ts';
import type { Order, Outcome } from './worker.ts';

// `npm run fuzz -- [--seconds N] [--seed N] [TARGET…]`, `npm run fuzz -- TARGET --replay FILE`: inputs that reach new
// code are altered further, until the seconds are over or something does not hold. See docs/security.md.

const hangs = 30;

/** One target in a thread of its own, which can be ended when it no longer answers. */
function run(order: Omit<Order, 'current'>): Promise<Outcome> {
  const current = new SharedArrayBuffer(8 * 1024 * 1024);
  const turn = new Int32Array(current, 0, 2);
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: { ...order, current } });
    let last = -1;
    const watch = setInterval(() => {
      const now = Atomics.load(turn, 0);
      if (now === last) {
        const input = Buffer.from(new Uint8Array(current, 8, turn[1])).toString();
        finish({
          inputs: now,
          kept: 0,
          ways: 0,
          failure: { input, reason: `hangs: ${hangs} s on one input` },
        });
      }
      last = now;
    }, hangs * 1000);
    function finish(outcome: Outcome): void {
      clearInterval(watch);
      void worker.terminate();
      resolve(outcome);
    }
    worker.once('message', finish);
    worker.once('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
  });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: process.env.FUZZ_SECONDS ?? '150' },
      seed: { type: 'string', default: process.env.FUZZ_SEED ?? String(Date.now() % 2 ** 31) },
      replay: { type: 'string' },
    },
  });
  const names = positionals.length === 0 ? Object.keys(targets) : positionals;
  const [seconds, seed] = [Number(values.seconds) / names.length, Number(values.seed)];
  const replay = values.replay === undefined ? undefined : readFileSync(values.replay, 'utf8');
  let failed = 0;
  for (const name of names) {
    const { inputs, kept, ways, failure } = await run({ name, seconds, seed, replay });
    const what = `${name}: seed ${seed}, ${inputs} inputs, ${kept} kept, ${ways} ways through the agent`;
    if (failure === undefined) {
      console.log(`ok: ${what}`);
      continue;
    }
    failed++;
    const folder = join(import.meta.dirname, '../../out/fuzz');
    const file = join(folder, `${name}-${seed}.json`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, failure.input);
    console.log(`FAILED: ${what}\n${failure.reason}\n${failure.input.slice(0, 2000)}`);
    console.log(`again: npm run fuzz -- ${name} --replay out/fuzz/${name}-${seed}.json`);
    console.log('mended: keep that file in test/fuzz/found/, where npm test tries it\n');
  }
  console.log(`${names.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
