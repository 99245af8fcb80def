import { describe, expect, test } from 'vitest';
import { boot } from './guest.ts';
import { type BootRoot, roots } from './roots.ts';
import { bootPlace } from './suite.ts';

/** Boots of each kind; an odd number has a median. */
const rounds = 5;

/**
 * Seconds from the start of init until the network begins: all that the early stage can hold up. A first boot has
 * made the keys and files before the boots that are measured, as in an instance's life.
 */
async function untilNetwork(root: BootRoot, agent: boolean): Promise<number[]> {
  const place = bootPlace();
  const server = await place.serve();
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const metadata = place.socketFolder();
    const guest = await boot(root, {
      disk: place.disk,
      agent,
      ...(metadata === undefined ? {} : { metadata }),
    });
    const network = await guest.waitFor('network', 'begin');
    await guest.waitFor('sshd', 'begin');
    await guest.end(root.powerOff ?? ['/sbin/shutdown', '-h', 'now']);
    if (round > 0) times.push(Number(network.at - guest.started) / 1e9);
  }
  await server.close();
  place.remove();
  return times.sort((a, b) => a - b);
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

describe('the cost of the agent on the way to the network', () => {
  // systemd runs its units side by side, sysvinit is one of those that run a script after another.
  test.each(['systemd', 'sysvinit'])('%s', async (name) => {
    const root = roots.get(name);
    if (root === undefined) throw new Error(`no root ${name}`);
    const without = median(await untilNetwork(root, false));
    const withAgent = median(await untilNetwork(root, true));
    const cost = withAgent - without;
    console.log(
      `${name}: ${(without * 1000).toFixed(0)} ms without the agent, ${(withAgent * 1000).toFixed(0)} ms with it: ` +
        `${(cost * 1000).toFixed(0)} ms, a ratio of ${(withAgent / without).toFixed(2)}`,
    );
    // Loose on purpose: a machine under load tells little. The figure itself is in the output.
    expect(cost).toBeLessThan(1);
  });
});
