import { packedSize, sizesOf } from '../../build/sizes.ts';
import { markdownTable } from './table.ts';

/** What the program takes beside the Node.js that it is made from, stripped: megabytes and ratios, as a table. */
export function weightTable(program: string, node: string): string {
  const [ours, stock] = [program, node].map((path) => ({ ...sizesOf(path), xz: packedSize(path) }));
  const rows = [
    ['content', ours?.content, stock?.content],
    ['on disk, holes left out', ours?.onDisk, stock?.onDisk],
    ['as lz4 compresses it (ZFS)', ours?.lz4, stock?.lz4],
    ['as xz -9 compresses it (packages)', ours?.xz, stock?.xz],
  ] as const;
  return markdownTable(
    ['', 'lx-agent, MB', 'Node.js, stripped, MB', 'ratio'],
    rows.map(([what, one, other]) => [what, megabytes(one), megabytes(other), quotient(one, other)]),
  );
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? 'no such compressor here' : (bytes / 1e6).toFixed(1);
}

function quotient(one: number | undefined, other: number | undefined): string {
  return one === undefined || other === undefined ? '' : `${(one / other).toFixed(2)}×`;
}
