import assert from 'node:assert/strict';
import { join } from 'node:path';
import { getKeys } from '../../../agent/metadata/client.ts';
import { startMetadataServer } from '../../support/metadata-server.ts';
import { type Input, inputOf } from '../input.ts';
import type { Target } from '../target.ts';

const bytes = (...values: number[]) => Buffer.from(values);
const metadata = { hostname: 'web-1', 'user-data': 'a\n.\n..b\nc', 'sdc:nics': '[{"interface":"net0"}]' };
/** A byte for each fault; then the damage: on a connection, at an offset, what is there instead. */
const seed = (faults: Buffer, damage = ''): Input => ({
  ...inputOf(metadata),
  faults,
  damage: Buffer.from(damage),
});

/** The real client over a Unix socket against a server at fault, until it has everything, and that unspoilt. */
export const clientTarget: Target = {
  seeds: [
    seed(bytes(0, 0, 0, 0, 0, 0, 0, 0, 0)),
    seed(bytes(1, 1, 0, 0, 0, 0, 0, 0, 0)),
    seed(bytes(0, 0, 3, 0, 0, 0, 1, 0, 0), '\n'),
    seed(bytes(0, 0, 0, 90, 0, 0, 0, 1, 0), 'xx'),
    seed(bytes(0, 1, 0, 0, 1, 1, 0, 0, 1), '\x00\x10\x06V2_OK\n'),
  ],
  tokens: ['\n', '.', '..', '\n.\n', '\0', 'SUCCESS', 'V2_OK\n', 'FAILURE\n', '\x01', '\x80', '\x06'],
  open: (folder) => ({
    async hold({ faults = bytes(), damage = bytes(), ...values }) {
      const on = (index: number) => (faults[index] ?? 0) % 2 === 1;
      const number = (index: number) => faults[index] || undefined;
      const restartAfterAnswers = number(2);
      const restartAfterBytes = number(3);
      const v1Only = on(0);
      const socketPath = join(folder, 'metadata.sock');
      const server = await startMetadataServer({
        socketPath,
        // A key without a value would never be answered in V1, nor anything as UTF-8 that is none.
        metadata: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.toString()])),
        faults: {
          v1Only,
          cut: on(1),
          ...(restartAfterAnswers === undefined ? {} : { restartAfterAnswers }),
          ...(restartAfterBytes === undefined ? {} : { restartAfterBytes }),
          corrupt: (faults[4] ?? 0) % 4,
          wrongIds: (faults[5] ?? 0) % 4,
          joined: on(6),
          reversed: on(7),
          duplicated: on(8),
          // V1 has no checksum: what is altered there is believed.
          ...(v1Only ? {} : { garble: (chunk, connection) => garbled(chunk, damage, connection) }),
        },
      });
      try {
        const names = [...Object.keys(values), 'missing'];
        const { answers } = await getKeys(names, { socketPath, deadline: 30, requestTimeout: 25 });
        assert.deepEqual([...answers.keys()], names);
        for (const [key, answer] of answers) {
          const wanted = values[key];
          if (wanted === undefined) assert.deepEqual(answer, { status: 'absent' });
          else assert.deepEqual(answer, { status: 'found', value: Buffer.from(wanted.toString()) });
        }
      } finally {
        await server.close();
      }
    },
    close: () => undefined,
  }),
};

/** The damage of the two first connections: its first byte says where, the rest what is written there. */
function garbled(chunk: Buffer, damage: Buffer, connection: number): Buffer {
  const at = damage[0] ?? 0;
  if (connection > 2 || damage.length < 2 || chunk.length <= at || chunk.includes('V2_OK')) return chunk;
  return Buffer.concat([chunk.subarray(0, at), damage.subarray(1), chunk.subarray(at + damage.length - 1)]);
}
