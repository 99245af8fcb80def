import type { UnitTimes } from '../system/systemd-units.ts';
import { duration, paint, printable, type Style } from './style.ts';
import { isOwn, type Track } from './timeline-tracks.ts';

/** A unit of a critical chain, in milliseconds since systemd started. */
export interface ChainLink {
  readonly name: string;
  /** When it was up. */
  readonly end: number;
  /** How long it took to start. */
  readonly took: number;
}

/**
 * The units that one had to wait for, that one first: before each the one, of those that it is ordered after, which was
 * up last. Undefined where the unit is not among them.
 */
export function criticalChain(units: readonly UnitTimes[], last: string): readonly ChainLink[] | undefined {
  const byName = new Map(units.map((unit) => [unit.name, unit]));
  const seen = new Set<string>();
  const chain: ChainLink[] = [];
  let unit = byName.get(last);
  while (unit !== undefined && !seen.has(unit.name)) {
    const { name, start, end, after } = unit;
    seen.add(name);
    chain.push({ name, end, took: end - start });
    unit = after
      .flatMap((other) => byName.get(other) ?? [])
      // What came up later was started again, or was not waited for.
      .filter((other) => other.end <= start)
      .reduce<UnitTimes | undefined>(
        (latest, other) => (latest === undefined || other.end > latest.end ? other : latest),
        undefined,
      );
  }
  return chain.length === 0 ? undefined : chain;
}

/** The chains that end with the boot and with the agent's late stage, without one that is part of another. */
export function chainsOf(units: readonly UnitTimes[]): readonly (readonly ChainLink[])[] {
  const ends = ['graphical.target', 'multi-user.target', 'lx-agent-late.service', 'lx-agent-early.service'];
  const chains: (readonly ChainLink[])[] = [];
  for (const end of ends) {
    const chain = criticalChain(units, end);
    if (chain !== undefined && !chains.some((other) => other.some(({ name }) => name === end)))
      chains.push(chain);
  }
  return chains;
}

/** The chains as text: each unit below the one that waited for it. */
export function renderChains(chains: readonly (readonly ChainLink[])[], style: Style): string {
  const one = (chain: readonly ChainLink[]) =>
    chain
      .map(({ name, end, took }, depth) => {
        const text = `${'  '.repeat(Math.min(depth, 12))}${printable(style, name)} @${duration(end)}${took > 0 ? ` +${duration(took)}` : ''}`;
        return `${isOwn({ name }) ? paint(style, 'green', text) : text}\n`;
      })
      .join('');
  return `each unit waited for the one below it; @ when it was up, + how long it took\n\n${chains.map(one).join('\n')}`;
}

/** What took time in a boot, the longest first. */
export function blame(
  tracks: readonly Track[],
): readonly { readonly name: string; readonly milliseconds: number }[] {
  return tracks
    .flatMap(({ title, bars }) =>
      bars.map((bar) => ({
        name: bar.kind.endsWith('unit') ? bar.name : `${bar.name} (${title.split(',')[0]})`,
        milliseconds: bar.end - bar.start,
      })),
    )
    .sort((one, other) => other.milliseconds - one.milliseconds);
}

/** The same as text, one a line. */
export function renderBlame(tracks: readonly Track[], style: Style): string {
  return blame(tracks)
    .map(({ name, milliseconds }) => `${duration(milliseconds).padStart(12)} ${printable(style, name)}\n`)
    .join('');
}
