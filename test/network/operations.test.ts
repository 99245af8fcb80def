import { Session } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';
import { expect, it } from 'vitest';
import { nicsAndRoutes } from '../support/many.ts';

/** How often the agent's own functions, and the blocks in them, run for some work, by V8's counters: no clock. */
async function operationsOf(session: Session, work: () => unknown): Promise<number> {
  await session.post('Profiler.takePreciseCoverage');
  await work();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result
    .filter(({ url }) => url.includes('/agent/'))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .reduce((sum, { count }) => sum + count, 0);
}

it('twice as many NICs and routes are twice as many operations, in every step and format', async () => {
  // Else the first calls of a function are not counted, nor what is built into optimized code.
  for (const flag of ['--no-lazy-feedback-allocation', '--no-opt', '--no-maglev']) setFlagsFromString(flag);
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  // Before the agent's code is loaded: what was compiled earlier is counted by whole functions only.
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const { instanceOf } = await import('../support/tampered.ts');
  const { networkOf } = await import('../../agent/network/model.ts');
  const { missingRoutes } = await import('../../agent/network/missing-routes.ts');
  const { loadRenderer } = await import('../../agent/network/choose.ts');
  const { rendererNames } = await import('../../agent/system/configuration.ts');
  const { scratchSystem } = await import('../support/scratch-system.ts');
  const { root } = scratchSystem({});

  const instances = [1000, 2000].map((count) => instanceOf(nicsAndRoutes(count)));
  const networks = instances.map((instance) => networkOf(instance, [], 'full'));
  expect(networks.map((network) => network?.interfaces.length)).toEqual([1000, 2000]);
  const works: Record<string, (index: 0 | 1) => unknown> = {
    decode: (index) => instanceOf(nicsAndRoutes([1000, 2000][index] ?? 0)),
    model: (index) => instances[index] && networkOf(instances[index], [], 'full'),
    'missing routes': (index) => networks[index] && missingRoutes(networks[index], { ipv4: [], ipv6: [] }),
  };
  for (const name of rendererNames) {
    const renderer = await loadRenderer(name);
    works[name] = (index) => networks[index] && renderer.files(networks[index], root);
  }
  const factors: Record<string, number> = {};
  for (const [name, work] of Object.entries(works)) {
    const once = await operationsOf(session, () => work(0));
    const twice = await operationsOf(session, () => work(1));
    expect(once, name).toBeGreaterThan(1000);
    factors[name] = Math.round((twice / once) * 100) / 100;
  }
  session.disconnect();
  // Linear is 2, quadratic 4.
  const strange = Object.entries(factors).filter(([, factor]) => factor < 1.8 || factor > 2.2);
  expect(Object.fromEntries(strange)).toEqual({});
}, 60_000);
