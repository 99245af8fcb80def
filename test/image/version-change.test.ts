import { expect, it } from 'vitest';
import { versionChange } from '../../agent/image/version-change.ts';

it.each([
  ['0.1.0 (aaaaaaa)', '0.1.0 (aaaaaaa)', undefined],
  ['0.1.0 (aaaaaaa)', '0.1.0 (bbbbbbb)', 'another build'],
  ['0.1.0 (aaaaaaa)', '0.2.0 (bbbbbbb)', 'upgrade'],
  ['0.9.0', '0.10.0', 'upgrade'],
  ['0.10.0', '0.9.9', 'downgrade'],
  ['1.0.0', '0.9.9', 'downgrade'],
  ['of somebody', '0.1.0', 'another build'],
])('%s before %s is %s', (before, after, change) => {
  expect(versionChange(before, after)).toBe(change);
});
