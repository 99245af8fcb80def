import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The cells of the first table under a heading of a document of this repository, without its head. */
export function tableUnder(document: string, heading: string): string[][] {
  const text = readFileSync(join(import.meta.dirname, '../..', document), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${document} has no section ${heading}`);
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
