import { describe, expect, test } from 'vitest';
import { boot } from './guest.ts';
import type { AgentPart } from './installed.ts';
import { type BootRoot, roots } from './roots.ts';
import { type BootPlace, bootPlace } from './suite.ts';

/** Boots of each kind; an odd number has a median. */
const rounds = 5;

/**
 * Seconds from the start of init until the network begins, which is all that the early stage can hold up: without the
 * agent, and with it, in turns, for the machine's load changes. A first boot has made the keys and files before.
 */
async function untilNetwork(root: BootRoot): Promise<{ without: number; withAgent: number }> {
  const places = [bootPlace(), bootPlace()] as const;
  const servers = await Promise.all(places.map((place) => place.serve()));
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    for (const which of [0, 1] as const) {
      const time = await oneBoot(root, places[which], which === 1 ? 'installed' : 'none');
      if (round > 0) times[which].push(time);
    }
  }
  for (const server of servers) await server.close();
  for (const place of places) place.remove();
  return { without: median(times[0]), withAgent: median(times[1]) };
}

async function oneBoot(root: BootRoot, place: BootPlace, agent: AgentPart): Promise<number> {
  const metadata = place.socketFolder();
  const guest = await boot(root, {
    disk: place.disk,
    agent,
    ...(metadata === undefined ? {} : { metadata }),
  });
  const network = await guest.waitFor('network', 'begin');
  await guest.waitFor('sshd', 'begin');
  await guest.end(['/sbin/shutdown', '-h', 'now']);
  return Number(network.at - guest.started) / 1e9;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

describe('the cost of the agent on the way to the network', () => {
  // systemd runs its units side by side, sysvinit is one of those that run a script after another.
  test.each(['systemd', 'sysvinit'])('%s', async (name) => {
    const root = roots.get(name);
    if (root === undefined) throw new Error(`no root ${name}`);
    const { without, withAgent } = await untilNetwork(root);
    const cost = withAgent - without;
    console.log(
      `${name}: ${(without * 1000).toFixed(0)} ms without the agent, ${(withAgent * 1000).toFixed(0)} ms with it: ` +
        `${(cost * 1000).toFixed(0)} ms, a ratio of ${(withAgent / without).toFixed(2)}`,
    );
    // Loose on purpose: a machine under load tells little. The figure itself is in the output.
    expect(cost).toBeLessThan(1);
  });
});
