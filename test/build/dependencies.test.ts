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

it('every run-time dependency is newer than the advisories that are known about it', () => {
  const { packages }: { packages: Record<string, { version: string }> } = JSON.parse(
    readFileSync(join(repository, 'package-lock.json'), 'utf8'),
  );
  const rows = tableUnder('docs/security.md', 'Known advisories');
  expect(rows.length).toBeGreaterThan(0);
  const open = rows.filter(([name = '', , , fixed = '']) => {
    const installed = packages[`node_modules/${name.replaceAll('`', '')}`]?.version ?? '';
    expect([installed, fixed], name).toEqual([
      expect.stringMatching(/^\d+\.\d+\.\d+$/),
      expect.stringMatching(/^\d+\.\d+\.\d+$/),
    ]);
    return compareVersions(installed, fixed) < 0;
  });
  expect(open).toEqual([]);
});

/** Negative where the first version is the older one. */
function compareVersions(one: string, other: string): number {
  const others = other.split('.').map(Number);
  const differences = one.split('.').map((part, index) => Number(part) - (others[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
