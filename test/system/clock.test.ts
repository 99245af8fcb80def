import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sinceStart, timestamp } from '../../agent/system/clock.ts';

test('a timestamp is what toISOString() writes', () => {
  const years = {
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  };
  fc.assert(
    fc.property(fc.date(years), (moment) => {
      expect(timestamp(moment)).toBe(moment.toISOString());
    }),
  );
});

test('the time since the start of the process is in milliseconds', () => {
  const before = process.uptime();
  const since = sinceStart();
  expect(since / 1000).toBeGreaterThanOrEqual(before);
  expect(since / 1000).toBeLessThanOrEqual(process.uptime());
});
