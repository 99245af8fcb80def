import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tableUnder } from '../support/document-table.ts';

const repository = join(import.meta.dirname, '../..');

it('every run-time dependency has its reason in the threat model, and no other is named there', () => {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(repository, 'package.json'), 'utf8'),
  );
  const rows = tableUnder('docs/security.md', 'Run-time dependencies');
  expect(rows.map(([name]) => name?.replaceAll('`', '')).sort()).toEqual(Object.keys(dependencies).sort());
  for (const [, purpose, reason] of rows) expect(purpose && reason).toMatch(/\w{3}/);
});
