import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settle } from '../../agent/change/settle.ts';
import { getKeys } from '../../agent/metadata/client.ts';
import { loadRenderer } from '../../agent/network/choose.ts';
import { missingRoutes } from '../../agent/network/missing-routes.ts';
import { networkOf } from '../../agent/network/model.ts';
import { rendererNames } from '../../agent/system/configuration.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { nicsAndRoutes } from '../support/many.ts';
import { startMetadataServer } from '../support/metadata-server.ts';
import { instanceOf } from '../support/tampered.ts';
import { median } from './measure.ts';

/** CPU time of a piece of work on some number of things, in milliseconds: the median of some turns. */
async function cost(work: () => unknown, turns = 7): Promise<number> {
  const times: number[] = [];
  await work();
  for (let turn = 0; turn < turns; turn++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return median(times);
}

/** What twice as much metadata costs, step by step: a factor of 2 is linear, 4 would be quadratic. */
export async function scaleTable(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lx-agent-scale-'));
  const socketPath = join(folder, 'metadata.sock');
  const server = await startMetadataServer({ socketPath, metadata: {} });
  const root = openRoot(folder);
  const sized = (count: number) => {
    const values = nicsAndRoutes(count);
    const network = networkOf(instanceOf(values), [], 'full');
    if (network === undefined) throw new Error('there is no network');
    return { values, network };
  };
  const [one, two] = [sized(1000), sized(2000)];
  const rows: (readonly [string, number, number])[] = [];
  const add = async (name: string, work: (size: typeof one) => unknown) => {
    rows.push([name, await cost(() => work(one)), await cost(() => work(two))]);
  };
  try {
    await add('NICs and routes: decode, 1,000 and 2,000 of each', ({ values }) => instanceOf(values));
    await add('NICs and routes: model', ({ values }) => networkOf(instanceOf(values), [], 'full'));
    for (const name of rendererNames) {
      const renderer = await loadRenderer(name);
      await add(`NICs and routes: files of ${name}`, async ({ network }) => {
        const files = await renderer.files(network, root);
        const changes = files.map(
          ({ path, content }) =>
            ({ kind: 'file', path, content, mode: 0o644, claim: 'always', why: '' }) as const,
        );
        return settle(changes, root, emptyState);
      });
    }
    await add('routes: which are missing', ({ network }) => missingRoutes(network, { ipv4: [], ipv6: [] }));
    const names = Array.from({ length: 2000 }, (_, index) => `key-${index}`);
    for (const name of names) server.metadata.set(name, `value of ${name}`);
    const get = (keys: readonly string[]) => getKeys(keys, { socketPath, deadline: 60 });
    rows.push([
      'keys: 1,000 and 2,000, both ends',
      await cost(() => get(names.slice(0, 1000))),
      await cost(() => get(names)),
    ]);
    for (const [name, size] of [
      ['half', 32],
      ['whole', 64],
    ] as const)
      server.metadata.set(name, 'x'.repeat(size * 2 ** 20));
    rows.push([
      'user-data: 32 and 64 MiB, both ends',
      await cost(() => get(['half']), 3),
      await cost(() => get(['whole']), 3),
    ]);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return [
    '| CPU time | ms | ms, twice as many | factor |',
    '|---|---:|---:|---:|',
    ...rows.map(
      ([name, small, large]) =>
        `| ${name} | ${small.toFixed(1)} | ${large.toFixed(1)} | ${(large / small).toFixed(2)} |`,
    ),
  ];
}
