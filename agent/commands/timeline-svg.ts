import { duration } from './style.ts';
import { axisLength, type Bar, type BarKind, kindNames, kindsIn, type Track } from './timeline-tracks.ts';

const width = 960;
const margin = 24;
const nameWidth = 230;
const timeWidth = 80;
const barsWidth = width - 2 * margin - nameWidth - timeWidth;
const rowHeight = 22;
const titleHeight = 54;
const ticksHeight = 26;

/** Readable on white. The colours differ in brightness, so colour-blind readers can tell them apart. */
const colours: Readonly<Record<BarKind, string>> = {
  changed: '#3aa655',
  unchanged: '#a9d8b6',
  failed: '#8c1c13',
  metadata: '#2b7bb9',
  program: '#8a8f98',
  'own unit': '#5b4b9a',
  unit: '#c9cdd4',
};
const legendHeight = 40;

/** Tracks as an SVG on one axis, with a legend. The file uses no scripts, fonts or other external resources. */
export function drawTimeline(tracks: readonly Track[], heading: string): string {
  const total = axisLength(tracks);
  let top = 64 + legendHeight;
  const parts: string[] = [drawLegend(tracks, 64)];
  for (const track of tracks) {
    parts.push(drawTrack(track, total, top));
    top += titleHeight + track.bars.length * rowHeight + ticksHeight;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="13" fill="#1c1f23">`,
    `<title>${forXml(heading)}</title>`,
    `<rect width="${width}" height="${top}" fill="#fff"/>`,
    `<text x="${margin}" y="40" font-size="18" font-weight="600">${forXml(heading)}</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function drawLegend(tracks: readonly Track[], top: number): string {
  let left = margin;
  return kindsIn(tracks)
    .map((kind) => {
      const at = left;
      left += 30 + kindNames[kind].length * 7;
      return `<rect x="${at}" y="${top}" width="14" height="14" rx="2" fill="${colours[kind]}"/><text x="${at + 19}" y="${top + 12}" font-size="12" fill="#5c636e">${forXml(kindNames[kind])}</text>`;
    })
    .join('\n');
}

function drawTrack(track: Track, total: number, top: number): string {
  const left = margin + nameWidth;
  const bottom = top + titleHeight + track.bars.length * rowHeight;
  const at = (milliseconds: number) => left + (milliseconds / (total || 1)) * barsWidth;
  return [
    `<text x="${margin}" y="${top + 30}" font-size="14" font-weight="600">${forXml(track.title)}</text>`,
    `<text x="${width - margin}" y="${top + 30}" text-anchor="end" font-weight="600">${duration(track.milliseconds)}</text>`,
    ...ticks(total).flatMap((tick) => [
      `<line x1="${fixed(at(tick))}" y1="${top + titleHeight - 6}" x2="${fixed(at(tick))}" y2="${bottom}" stroke="#e3e6ea"/>`,
      `<text x="${fixed(at(tick))}" y="${bottom + 15}" text-anchor="middle" font-size="11" fill="#5c636e">${tickLabel(tick)}</text>`,
    ]),
    ...track.bars.map((bar, index) => drawBar(bar, track.offset, top + titleHeight + index * rowHeight, at)),
  ].join('\n');
}

function drawBar(bar: Bar, offset: number, top: number, at: (milliseconds: number) => number): string {
  const start = at(offset + bar.start);
  const length = Math.max(2, at(offset + bar.end) - start);
  const middle = top + rowHeight / 2 + 4;
  const name = bar.name.length > 32 ? `${bar.name.slice(0, 31)}…` : bar.name;
  return [
    `<text x="${margin}" y="${middle}">${forXml(name)}</text>`,
    `<rect x="${fixed(start)}" y="${top + 4}" width="${fixed(length)}" height="${rowHeight - 8}" rx="2" fill="${colours[bar.kind]}"><title>${forXml(bar.name)}: ${fixed(offset + bar.start)} to ${fixed(offset + bar.end)} ms</title></rect>`,
    `<text x="${width - margin}" y="${middle}" text-anchor="end" fill="#5c636e">${duration(bar.end - bar.start)}</text>`,
  ].join('');
}

/** Round times from 0: at most six steps, each 1, 2 or 5 times a power of ten. */
function ticks(milliseconds: number): number[] {
  if (milliseconds <= 0) return [0];
  const rough = milliseconds / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power * 10;
  return Array.from({ length: Math.floor(milliseconds / step) + 1 }, (_, index) => index * step);
}

function tickLabel(milliseconds: number): string {
  const text = milliseconds >= 1000 ? `${milliseconds / 1000} s` : `${Number(milliseconds.toFixed(3))} ms`;
  return milliseconds === 0 ? '0' : text;
}

function fixed(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** Text for XML: markup is escaped, and control characters, which XML 1.0 forbids, are replaced. */
function forXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '\ufffd');
}
