import { joined } from './lines.ts';
import { type Colour, duration, paint, printable, type Style } from './style.ts';
import type { Bar, BarKind, Track } from './timeline-tracks.ts';
import { columns } from './wrap.ts';

const nameColumn = 28;
const timeColumn = 10;
const barColumn = columns - nameColumn - timeColumn - 2;

const colours: Readonly<Record<BarKind, Colour>> = {
  program: 'dim',
  metadata: 'cyan',
  step: 'green',
  failed: 'red',
  unit: 'dim',
  'own unit': 'green',
};

/** Tracks as bars of characters, 80 columns wide. */
export function renderTimeline(tracks: readonly Track[], style: Style): string {
  return joined(
    tracks.map((track) => [
      paint(
        style,
        'bold',
        `${printable(style, track.title).padEnd(columns - timeColumn)}${duration(track.milliseconds).padStart(timeColumn)}`,
      ),
      ...track.bars.map((bar) => barLine(bar, track.milliseconds, style)),
    ]),
  );
}

function barLine(bar: Bar, total: number, style: Style): string {
  const name = printable(style, bar.name);
  const short = name.length > nameColumn - 3 ? `${name.slice(0, nameColumn - 5)}..` : name;
  // Never nothing: what took no time at all still stands at its place.
  const from = Math.min(barColumn - 1, Math.floor((bar.start / total) * barColumn));
  const to = Math.max(from + 1, Math.round((bar.end / total) * barColumn));
  const blocks = (style.unicode ? '█' : '#').repeat(to - from);
  const drawn = `${' '.repeat(from)}${paint(style, colours[bar.kind], blocks)}${' '.repeat(barColumn - to)}`;
  return `  ${short.padEnd(nameColumn - 2)}${drawn}  ${duration(bar.end - bar.start).padStart(timeColumn)}`;
}
