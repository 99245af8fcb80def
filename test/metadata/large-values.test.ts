import { join } from 'node:path';
import { expect, test } from 'vitest';
import { getKeys } from '../../agent/metadata/client.ts';
import { startMetadataServer } from '../support/metadata-server.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

test.each([{}, { v1Only: true }])('a value of 64 MiB arrives whole, %j', async (faults) => {
  const socketPath = join(temporaryRoot(), 'metadata.sock');
  const value = '0123456789abcde\n'.repeat(4 * 1024 * 1024);
  const server = await startMetadataServer({ socketPath, metadata: { big: value, small: 'x' }, faults });
  try {
    const { answers } = await getKeys(['big', 'small'], {
      socketPath,
      requestTimeout: 5000,
      deadline: 30,
    });
    const big = answers.get('big');
    expect(big?.status === 'found' && big.value.equals(Buffer.from(value))).toBe(true);
    expect(answers.get('small')).toEqual({ status: 'found', value: Buffer.from('x') });
  } finally {
    await server.close();
  }
});
