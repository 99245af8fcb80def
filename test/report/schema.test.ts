import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../agent/report/report.ts';
import { type KeptReport, reportSchema } from '../../agent/report/schema.ts';
import { firstBoot, lateBoot, muteBoot, troubledBoot } from '../commands/sample-reports.ts';

describe('the schema of a report', () => {
  it.each([firstBoot, lateBoot, muteBoot, troubledBoot])(
    'takes a report and loses nothing of it',
    (report) => {
      const kept: unknown = JSON.parse(JSON.stringify(report));
      expect(v.parse(reportSchema, kept)).toEqual(kept);
    },
  );

  it('knows every result that a report may hold', () => {
    const results = ['changed', 'unchanged', 'kept', 'skipped', 'listed', 'failed'] as const;
    // Fails to compile when Report has one that is not here, or the schema lacks one.
    const typed: readonly Report['steps'][number]['result'][] = results;
    const kept: readonly KeptReport['steps'][number]['result'][] = typed;
    for (const result of kept) {
      const [step] = firstBoot.steps;
      const report = { ...firstBoot, steps: [{ ...step, result }] };
      expect(v.is(reportSchema, JSON.parse(JSON.stringify(report)))).toBe(true);
    }
  });

  it('refuses what is no report', () => {
    for (const value of [
      null,
      {},
      { ...firstBoot, version: 2 },
      { ...firstBoot, metadata: { status: 'odd' } },
    ])
      expect(v.is(reportSchema, value)).toBe(false);
  });
});
