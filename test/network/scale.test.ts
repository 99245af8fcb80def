import { expect, test } from 'vitest';
import { loadRenderer } from '../../agent/network/choose.ts';
import { missingRoutes } from '../../agent/network/missing-routes.ts';
import { rendererNames } from '../../agent/system/configuration.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import { networkFrom } from './cases.ts';

/** As many NICs as routes, a route by a neighbour of each. */
function networkOfSize(size: number) {
  const part = (index: number) => `${10 + Math.floor(index / 256)}.${index % 256}`;
  return networkFrom({
    nics: Array.from({ length: size }, (_, index) => ({
      interface: `net${index}`,
      ips: [`${part(index)}.0.2/24`],
      primary: index === 0,
    })),
    routes: Array.from({ length: size }, (_, index) => ({
      dst: `1${part(index)}.0.0/16`,
      gateway: `${part(index)}.0.1`,
    })),
  });
}

test.each(rendererNames)('a thousand NICs and routes are written once each: %s', async (name) => {
  const { root } = scratchSystem({});
  const renderer = await loadRenderer(name);
  const sizeOf = async (count: number) => {
    const files = await renderer.files(networkOfSize(count), root);
    return files.reduce((sum, { content }) => sum + content.length, 0);
  };
  const [hundred, thousand] = [await sizeOf(100), await sizeOf(1000)];
  expect(thousand).toBeGreaterThan(hundred * 9);
  // Names and numbers get a digit or two longer.
  expect(thousand).toBeLessThan(hundred * 12);
});

test('a route is looked up by its destination, not by going through the table', () => {
  const network = networkOfSize(1000);
  let looks = 0;
  const ipv4 = network.interfaces.flatMap(({ name, routes }) =>
    routes.map(({ destination, gateway }) => ({
      device: name,
      destination,
      get gateway() {
        looks += 1;
        return gateway;
      },
    })),
  );
  expect(ipv4).toHaveLength(1000);
  expect(missingRoutes(network, { ipv4, ipv6: [] })).toEqual([]);
  expect(looks).toBe(1000);
});
