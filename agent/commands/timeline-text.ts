import { joined } from './lines.ts';
import { type Colour, duration, paint, printable, type Style } from './style.ts';
import { axisLength, type Bar, type BarKind, kindNames, kindsIn, type Track } from './timeline-tracks.ts';
import { columns, wrap } from './wrap.ts';

const nameColumn = 28;
const timeColumn = 10;
const barColumn = columns - nameColumn - timeColumn - 2;

/** How a bar of each kind looks. Each kind has its own character, for output without colours. */
const looks: Readonly<Record<BarKind, { colour: Colour; unicode: string; ascii: string }>> = {
  changed: { colour: 'green', unicode: '█', ascii: '#' },
  unchanged: { colour: 'dim', unicode: '▓', ascii: '=' },
  failed: { colour: 'red', unicode: '╳', ascii: 'x' },
  metadata: { colour: 'cyan', unicode: '▒', ascii: '-' },
  program: { colour: 'dim', unicode: '░', ascii: '.' },
  'own unit': { colour: 'green', unicode: '▆', ascii: '*' },
  unit: { colour: 'dim', unicode: '▂', ascii: ':' },
};

/** Tracks as bars of characters on one axis, 80 columns wide, with a legend. */
export function renderTimeline(tracks: readonly Track[], style: Style): string {
  const total = axisLength(tracks);
  return joined([
    ...tracks.map((track) => [
      paint(
        style,
        'bold',
        `${printable(style, track.title).padEnd(columns - timeColumn)}${duration(track.milliseconds).padStart(timeColumn)}`,
      ),
      ...track.bars.map((bar) => barLine(bar, track.offset, total, style)),
    ]),
    legend(tracks, total, style),
  ]);
}

function legend(tracks: readonly Track[], total: number, style: Style): string[] {
  const entries = kindsIn(tracks).map(
    (kind) => `${looks[kind][style.unicode ? 'unicode' : 'ascii']} ${kindNames[kind]}`,
  );
  return [
    `the whole width is ${duration(total)}`,
    ...wrap(entries.join(', '), columns - 2).map((line) => `  ${line}`),
  ];
}

function barLine(bar: Bar, offset: number, axis: number, style: Style): string {
  const name = printable(style, bar.name);
  const short = name.length > nameColumn - 3 ? `${name.slice(0, nameColumn - 5)}..` : name;
  // Every bar is at least one character wide, even if it took no time.
  const total = axis || 1;
  const from = Math.min(barColumn - 1, Math.floor(((offset + bar.start) / total) * barColumn));
  const to = Math.max(from + 1, Math.min(barColumn, Math.round(((offset + bar.end) / total) * barColumn)));
  const { colour, unicode, ascii } = looks[bar.kind];
  const blocks = (style.unicode ? unicode : ascii).repeat(to - from);
  const drawn = `${' '.repeat(from)}${paint(style, colour, blocks)}${' '.repeat(barColumn - to)}`;
  return `  ${short.padEnd(nameColumn - 2)}${drawn}  ${duration(bar.end - bar.start).padStart(timeColumn)}`;
}
