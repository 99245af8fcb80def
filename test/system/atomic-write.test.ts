import { expect, it } from 'vitest';
import { temporaryName } from '../../agent/system/atomic-write.ts';

it('gives temporary files names of 64 bits that nobody can guess from one another', () => {
  const names = Array.from({ length: 1000 }, temporaryName);
  const random = names.map(
    (name) => new RegExp(`^\\.lx-agent-${process.pid}-([0-9a-f]{16})$`).exec(name)?.[1],
  );
  expect(random).not.toContain(undefined);
  // Every digit takes every value somewhere among the thousand.
  for (let place = 0; place < 16; place++)
    expect(new Set(random.map((digits) => digits?.[place])).size).toBe(16);
  expect(new Set(random).size).toBe(1000);
});
