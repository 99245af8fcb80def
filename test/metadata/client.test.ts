import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  deleteKey,
  getKeys,
  listKeys,
  MetadataRefused,
  MetadataUnavailable,
  putKey,
} from '../../agent/metadata/client.ts';
import {
  type Faults,
  type Metadata,
  type MetadataServer,
  startMetadataServer,
} from '../support/metadata-server.ts';

let folder: string;
let socketPath: string;
const servers: MetadataServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'metadata-'));
  socketPath = join(folder, 'metadata.sock');
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  rmSync(folder, { recursive: true });
});

async function serve(metadata: Metadata, faults: Faults = {}): Promise<MetadataServer> {
  const server = await startMetadataServer({ socketPath, metadata, faults });
  servers.push(server);
  return server;
}

const options = () => ({ socketPath, deadline: 10, requestTimeout: 150 });
const found = (text: string) => ({ status: 'found', value: Buffer.from(text) });

const metadata = {
  hostname: 'web-1',
  'user-script': '#!/bin/sh\n.\n..\necho é\n',
  empty: '',
  'sdc:nics': [{ interface: 'net0' }],
  'sdc:tags': { role: 'web' },
};
const wanted = ['hostname', 'user-script', 'empty', 'sdc:nics', 'sdc:tags', 'missing'];
const expected = {
  hostname: found('web-1'),
  'user-script': found('#!/bin/sh\n.\n..\necho é\n'),
  empty: found(''),
  'sdc:nics': found('[{"interface":"net0"}]'),
  'sdc:tags': { status: 'failed', reason: 'the metadata server answered FAILURE' },
  missing: { status: 'absent' },
};

describe('a healthy server', () => {
  test('gives all keys in one connection and one write', async () => {
    const server = await serve(metadata);
    const { answers, exchange } = await getKeys(wanted, options());
    expect(Object.fromEntries(answers)).toEqual(expected);
    expect(exchange).toMatchObject({ protocol: 'V2', connections: 1, writes: 1 });
    expect(server.connections).toBe(1);
    expect(server.requests).toEqual(wanted.map((key) => `GET ${key}`));
  });
});

test('a server that knows V1 only is asked in V1 on a second connection, without a pause', async () => {
  const server = await serve(metadata, { v1Only: true });
  const waits: string[] = [];
  const { answers, exchange } = await getKeys(wanted, {
    ...options(),
    onWait: (reason) => waits.push(reason),
  });
  expect(Object.fromEntries(answers)).toEqual(expected);
  expect(exchange).toMatchObject({ protocol: 'V1', connections: 2 });
  expect(server.connections).toBe(2);
  expect(waits).toEqual([]);
});

describe('a server at fault is asked until it has answered everything', () => {
  const faults: Record<string, Faults> = {
    'V1 only': { v1Only: true },
    'V1 only, a byte at a time': { v1Only: true, cut: true },
    'V1 only, restarted between two answers': { v1Only: true, restartAfterAnswers: 3 },
    'V1 only, restarted in the middle of an answer': { v1Only: true, restartAfterBytes: 42 },
    'mute on two connections': { mute: 2 },
    'socket late': { late: 200 },
    slow: { slow: 20 },
    'restarted between two answers': { restartAfterAnswers: 3 },
    'restarted in the middle of an answer': { restartAfterBytes: 100 },
    'nonsense on two connections': { nonsense: 2 },
    'two damaged checksums': { corrupt: 2 },
    'two wrong ids': { wrongIds: 2 },
    'a byte at a time': { cut: true },
    'answers joined': { joined: true },
    'answers reversed': { reversed: true },
    'answers twice': { duplicated: true },
  };
  test.each(Object.entries(faults))('%s', async (_name, fault) => {
    await serve(metadata, fault);
    const { answers } = await getKeys(wanted, options());
    expect(Object.fromEntries(answers)).toEqual(expected);
  });
});

describe('what is not there is said', () => {
  test('a mute server ends at the deadline with what was tried', async () => {
    await serve(metadata, { mute: true });
    const failure = getKeys(wanted, { ...options(), deadline: 0.4 });
    await expect(failure).rejects.toBeInstanceOf(MetadataUnavailable);
    await expect(failure).rejects.toThrow(
      /^no metadata from .*\/metadata\.sock: .* connections\); see on the host/,
    );
  });

  test('a socket that never comes ends at the deadline, and the wait was told', async () => {
    const waits: string[] = [];
    const failure = getKeys(wanted, { ...options(), deadline: 0.2, onWait: (reason) => waits.push(reason) });
    await expect(failure).rejects.toMatchObject({ name: 'MetadataUnavailable', connections: 0 });
    expect(waits).toEqual([expect.stringContaining('ENOENT')]);
  });

  test('a folder that is not there ends at once', async () => {
    const waits: string[] = [];
    const failure = getKeys(wanted, {
      socketPath: join(folder, 'no-such-folder', 'metadata.sock'),
      deadline: 3600,
      onWait: (reason) => waits.push(reason),
    });
    await expect(failure).rejects.toThrow(/this is no lx zone/);
    expect(waits).toEqual([]);
  });

  test('the empty key fails without being asked for', async () => {
    const server = await serve(metadata);
    const { answers } = await getKeys(['', 'hostname'], options());
    expect(answers.get('')).toEqual({ status: 'failed', reason: 'a key cannot be empty' });
    expect(server.requests).toEqual(['GET hostname']);
  });
});

test('a thousand keys take one connection and one write', async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `key-${index}`);
  const server = await serve(Object.fromEntries(names.map((name) => [name, `value of ${name}`])));
  const { answers, exchange } = await getKeys(names, options());
  expect([...answers]).toEqual(names.map((name) => [name, found(`value of ${name}`)]));
  expect(exchange).toMatchObject({ connections: 1, writes: 1 });
  expect(server.connections).toBe(1);
});

describe('changing metadata', () => {
  test('put, list and delete', async () => {
    await serve({ 'sdc:uuid': 'x', color: 'red' });
    await putKey('shape', Buffer.from('round\né'), options());
    expect((await getKeys(['shape'], options())).answers.get('shape')).toEqual(found('round\né'));
    expect(await listKeys(options())).toEqual(['color', 'shape']);
    expect(await deleteKey('shape', options())).toBe('deleted');
    expect(await deleteKey('shape', options())).toBe('absent');
  });

  test('a refusal is an error of its own', async () => {
    await serve({});
    await expect(putKey('empty', Buffer.alloc(0), options())).rejects.toBeInstanceOf(MetadataRefused);
    await expect(deleteKey('sdc:uuid', options())).rejects.toBeInstanceOf(MetadataRefused);
  });

  test('V1 cannot do it, and says so', async () => {
    await serve({}, { v1Only: true });
    await expect(putKey('a', Buffer.from('b'), options())).rejects.toThrow(/protocol V1 has no such request/);
  });
});
