import { expect, it } from 'vitest';
import { sizeText } from '../../agent/system/size.ts';

it.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 KiB'],
  [64 * 1024, '64 KiB'],
  [1536, '1.5 KiB'],
  [134_217_728, '128 MiB'],
  [3 * 1024 ** 4, '3 TiB'],
])('%i is %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
