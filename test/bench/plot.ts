import { middle, type Row } from './table.ts';

const panels = [
  { measure: 'wall', title: 'Wall time, ms' },
  { measure: 'cpu', title: 'CPU time, ms' },
  { measure: 'memory', title: 'Peak memory of the largest process, MiB' },
] as const;
const [labelWidth, barWidth, lineHeight] = [300, 460, 22];

/** The medians as bars, a panel for each measure: an SVG document. Times are on a logarithmic axis. */
export function plot(rows: readonly Row[]): string {
  const panelHeight = lineHeight * (rows.length + 2);
  const body = panels.map(({ measure, title }, index) => {
    const values = rows.map((row) => middle(row, measure));
    const length = scale(values, measure !== 'memory');
    const top = index * panelHeight + lineHeight;
    const bars = rows.map((row, line) => {
      const value = values[line] ?? 0;
      const y = top + (line + 1) * lineHeight;
      const width = length(value).toFixed(1);
      return `<text x="${labelWidth - 8}" y="${y}" text-anchor="end">${escapeText(row.name)}</text><rect x="${labelWidth}" y="${y - 13}" width="${width}" height="16" fill="${row.name.startsWith('cloud-init') ? '#b5651d' : row.name.startsWith('lx-agent') ? '#2a6f97' : '#8d99ae'}"/><text x="${labelWidth + Number(width) + 6}" y="${y}">${value.toFixed(0)}</text>`;
    });
    return `<text x="${labelWidth}" y="${top}" font-weight="bold">${title}${measure === 'memory' ? '' : ' (logarithmic)'}</text>${bars.join('')}`;
  });
  const [width, height] = [labelWidth + barWidth + 70, panels.length * panelHeight + lineHeight];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>${body.join('\n')}</svg>\n`;
}

function scale(values: readonly number[], logarithmic: boolean): (value: number) => number {
  const largest = Math.max(...values);
  if (!logarithmic) return (value) => (barWidth * value) / largest;
  const least = Math.min(...values.filter((value) => value > 0)) / 2;
  return (value) => (barWidth * Math.log(Math.max(value, least) / least)) / Math.log(largest / least);
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
