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

it('the oldest Nodes that package.json admits suit every package, so npm ci gives no warning', () => {
  const { engines }: { engines: { node: string } } = JSON.parse(
    readFileSync(join(repository, 'package.json'), 'utf8'),
  );
  const { packages }: { packages: Record<string, { optional?: true; engines?: { node?: string } }> } =
    JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8'));
  const oldest = engines.node.split('||').map((range) => range.replace(/[^\d.]/g, ''));
  expect(oldest).toEqual(['22.22.2', '24.15.0', '26.0.0']);
  const refused = Object.entries(packages)
    // npm leaves out an optional package that does not suit, and gives no warning.
    .filter(([, { optional }]) => optional !== true)
    .flatMap(([path, { engines: wanted }]) =>
      oldest
        .filter((version) => !admits(wanted?.node ?? '*', version))
        .map((version) => `${path || 'the project'} refuses ${version}`),
    );
  expect(refused).toEqual([]);
  expect(packages['']?.engines?.node).toBe(engines.node);
});

/** Whether a range of the forms that are used in the lock file, such as `^20.1.0 || >=22`, admits a version. */
function admits(range: string, version: string): boolean {
  return range.split('||').some((alternative) =>
    [...alternative.matchAll(/(>=|\^|)\s*([\d.*]+)/g)].every(([, operator, bound = '*']) => {
      const [major = '*'] = bound.split('.');
      const sameMajor = major === '*' || major === version.split('.')[0];
      const full = [...bound.replaceAll('*', '0').split('.'), '0', '0'].slice(0, 3).join('.');
      if (operator === '') return sameMajor;
      const newEnough = compareVersions(version, full) >= 0;
      return operator === '^' ? sameMajor && newEnough : newEnough;
    }),
  );
}

/** Negative where the first version is the older one. */
function compareVersions(one: string, other: string): number {
  const others = other.split('.').map(Number);
  const differences = one.split('.').map((part, index) => Number(part) - (others[index] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}
