import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../../agent/commands/arguments.ts';
import { metadataCommand } from '../../agent/commands/metadata.ts';
import { type MetadataServer, startMetadataServer } from '../support/metadata-server.ts';

let folder: string;
let server: MetadataServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'metadata-'));
  server = await startMetadataServer({
    socketPath: join(folder, 'metadata.sock'),
    metadata: { 'sdc:uuid': 'x', 'sdc:tags': { a: 'b' }, color: 'red\n' },
  });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function call(verb: 'get' | 'list' | 'put' | 'delete', operands: string[], json = false, input = '') {
  const said = { out: '', err: '' };
  const output = (stream: 'out' | 'err') => ({
    isTerminal: false,
    write: (content: string | Uint8Array) => {
      said[stream] += Buffer.from(content).toString();
    },
  });
  const options = { socketPath: join(folder, 'metadata.sock'), deadline: 2, json };
  const io = { stdout: output('out'), stderr: output('err'), readInput: () => Buffer.from(input) };
  return { status: await metadataCommand(verb, operands, options, io), ...said };
}

test('get prints the value and a line feed', async () => {
  expect(await call('get', ['color'])).toEqual({ status: 0, out: 'red\n\n', err: '' });
  expect(JSON.parse((await call('get', ['color'], true)).out)).toEqual({ key: 'color', value: 'red\n' });
});

test('get says 1 for a key that is not there, and 2 for one that fails', async () => {
  const missing = await call('get', ['missing\n']);
  expect(missing).toMatchObject({ status: 1, out: '' });
  expect(missing.err).toBe(
    'lx-agent: there is no metadata key "missing\\n"; lx-agent metadata list shows the keys that are set\n',
  );
  expect(await call('get', ['sdc:tags'])).toMatchObject({ status: 2, out: '' });
});

test('put takes the value as an operand or from standard input, list and delete follow', async () => {
  expect((await call('put', ['a', '1'])).status).toBe(0);
  expect((await call('put', ['b'], false, 'from input')).status).toBe(0);
  expect(server.metadata.get('b')).toBe('from input');
  expect(await call('list', [])).toEqual({ status: 0, out: 'color\na\nb\n', err: '' });
  expect((await call('delete', ['a'])).status).toBe(0);
  expect(JSON.parse((await call('delete', ['a'], true)).out)).toEqual({ key: 'a', result: 'absent' });
});

test("the platform's keys and empty values are refused before anything is sent", async () => {
  expect(await call('put', ['sdc:uuid', 'y'])).toMatchObject({ status: 2, out: '' });
  expect(await call('delete', ['sdc:uuid'])).toMatchObject({ status: 2, out: '' });
  expect(await call('put', ['a', ''])).toMatchObject({ status: 2, out: '' });
  expect(server.requests).toEqual([]);
});

test('a key that is missing is a usage error', async () => {
  await expect(call('get', [])).rejects.toBeInstanceOf(UsageError);
});

test('no server is 2, in one line', async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
  const gone = await call('get', ['color']);
  expect(gone).toMatchObject({ status: 2, out: '' });
  expect(gone.err.trimEnd().split('\n')).toHaveLength(1);
  expect(gone.err).toContain('this is no lx zone');
});
