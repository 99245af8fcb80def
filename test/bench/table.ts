import { type Calls, type Cost, median } from './measure.ts';

/** The runs of one contender, and what it is held against: the same-numbered runs of that one. */
export interface Row {
  readonly name: string;
  readonly costs: readonly Cost[];
  readonly calls?: Calls;
  readonly against?: readonly Cost[];
}

export type Measure = 'wall' | 'cpu' | 'memory' | 'read';

/** The median of one measure. */
export function middle(row: Row, measure: Measure): number {
  return median(row.costs.map((cost) => cost[measure]));
}

/** The median of the ratios, run by run; undefined for what is held against nothing. */
export function ratio(row: Row, measure: Measure): number | undefined {
  const { against } = row;
  if (against === undefined) return undefined;
  return median(row.costs.map((cost, index) => cost[measure] / (against[index]?.[measure] ?? Number.NaN)));
}

/** The rows as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const heads = [
    'what',
    'wall ms',
    'ratio',
    'CPU ms',
    'ratio',
    'peak MiB',
    'ratio',
    'programs',
    'connections',
    'socket writes',
  ];
  const times = (value: number | undefined) => (value === undefined ? '' : `${value.toFixed(2)}×`);
  const lines = rows.map((row) => [
    row.name,
    middle(row, 'wall').toFixed(0),
    times(ratio(row, 'wall')),
    middle(row, 'cpu').toFixed(0),
    times(ratio(row, 'cpu')),
    middle(row, 'memory').toFixed(1),
    times(ratio(row, 'memory')),
    ...[row.calls?.programs, row.calls?.connections, row.calls?.writes].map((calls) => String(calls ?? '')),
  ]);
  return markdownTable(heads, lines);
}

/** A table in Markdown that a person can read as it is; all columns but the first hold figures. */
export function markdownTable(heads: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const format = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [format(heads), rule, ...lines.map(format)].join('\n');
}
