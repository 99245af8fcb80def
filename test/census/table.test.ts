import { expect, it } from 'vitest';
import { type CensusService, releases } from '../boot/census/services.ts';
import { censusText, type Found, type Outcome, withCensus } from '../boot/census/table.ts';

const [twelve, thirteen] = releases;
const service = (name: string): CensusService => ({
  kind: 'web',
  package: name,
  group: 'all',
  unit: () => `${name}.service`,
});
const outcome = (started: string, why = ''): Outcome => ({
  started,
  state: 'failed/failed exit-code 1',
  why,
});
const found = (
  one: CensusService,
  release: (typeof releases)[number],
  outside: Outcome,
  inside: Outcome,
): Found => ({ service: one, release, unit: one.unit(release), outside, inside });

it('tells which services start outside of a zone and not in it, and counts those that start in both', () => {
  const [a, b] = [service('a'), service('b')];
  const { text, unexplained } = censusText([
    found(a, twelve, outcome('yes'), outcome('yes')),
    found(a, thirteen, outcome('yes'), outcome('no', 'prctl: Invalid argument')),
    found(b, twelve, outcome('no'), outcome('no')),
    found(b, thirteen, outcome('condition'), outcome('condition')),
  ]);
  expect(unexplained).toBe(1);
  expect(text).toContain('Debian 12 (systemd 252): 2 services, of which 1 start outside');
  expect(text).toContain(
    '- a.service, on Debian 13: not explained: failed/failed exit-code 1 prctl: Invalid argument',
  );
  expect(text).toMatch(/\| web +\| +a \| +starts \| +starts \| +starts \| +fails \|/);
  expect(text).toMatch(/\| web +\| +b \| +fails \| +fails \| +skipped \| +skipped \|/);
});

it('gives the reason where it is known what the kernel refuses', () => {
  const { text, unexplained } = censusText([
    found(service('caddy'), twelve, outcome('yes'), outcome('no')),
    found(service('caddy'), thirteen, outcome('yes'), outcome('no')),
  ]);
  expect(unexplained).toBe(0);
  expect(text).toContain('- caddy.service, on Debian 12 and Debian 13: its user may bind port 80 only by');
});

it('is put between its marks, and nothing else of the document changes', () => {
  const document = 'before\n<!-- census: begin -->\nold\n<!-- census: end -->\nafter\n';
  expect(withCensus(document, 'new')).toBe(document.replace('old', 'new'));
  expect(() => withCensus('no marks', 'new')).toThrow('docs/zone.md has no');
});
