import type { UnitTimes } from '../system/systemd-units.ts';
import { duration, paint, printable, type Style } from './style.ts';
import { isOwn, type Track } from './timeline-tracks.ts';

/** A unit of a critical chain; times are in milliseconds since systemd started. */
export interface ChainLink {
  readonly name: string;
  /** When its start was complete. */
  readonly end: number;
  /** How long it took to start. */
  readonly took: number;
}

/**
 * The chain of units that delayed `last`, beginning with `last` itself. Each following unit is the one that came up
 * last among those that the previous unit is ordered after. Undefined if `last` is not among the units.
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
      // A unit that came up later was restarted, or the unit did not wait for it.
      .filter((other) => other.end <= start)
      .reduce<UnitTimes | undefined>(
        (latest, other) => (latest === undefined || other.end > latest.end ? other : latest),
        undefined,
      );
  }
  return chain.length === 0 ? undefined : chain;
}

/** The chains of the boot targets and of the agent's units. A chain that is part of another is left out. */
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

/** The chains as text. Each unit stands below the one that waited for it. */
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

/** What took time in a boot, longest first. */
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

/** The same as text, one per line. */
export function renderBlame(tracks: readonly Track[], style: Style): string {
  return blame(tracks)
    .map(({ name, milliseconds }) => `${duration(milliseconds).padStart(12)} ${printable(style, name)}\n`)
    .join('');
}
