import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deleteKey, getKeys, listKeys, putKey } from '../../agent/metadata/client.ts';
import { conversation } from '../../agent/metadata/conversation.ts';
import { answerLimit, FrameTooLong, frameReader, type Request } from '../../agent/metadata/frame.ts';
import type { Outcome } from '../../agent/metadata/speaker.ts';
import { encodeAnswerV2 } from '../support/metadata-protocol.ts';
import { type Faults, type Metadata, startMetadataServer } from '../support/metadata-server.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

// What an operator reads when metadata does not come, word for word, and what a client does then.

async function served(metadata: Metadata, faults: Faults = {}) {
  const socketPath = join(temporaryRoot(), 'metadata.sock');
  const server = await startMetadataServer({ socketPath, metadata, faults });
  onTestFinished(() => server.close());
  return { server, options: { socketPath, deadline: 3, requestTimeout: 100 } };
}

/** A server that does what the test says with each connection. */
async function serving(how: (socket: Socket, connection: number) => void) {
  const socketPath = join(temporaryRoot(), 'metadata.sock');
  let connections = 0;
  const server = createServer((socket) => how(socket, ++connections));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return { socketPath, deadline: 3, requestTimeout: 100 };
}

describe('a refusal names the key and what the server said', () => {
  test('of a put, a delete and a list', async () => {
    const { options } = await served({});
    await expect(putKey('sdc:uuid', Buffer.from('x'), options)).rejects.toThrow(
      /^key "sdc:uuid" was not put: the metadata server answered FAILURE$/,
    );
    await expect(deleteKey('sdc:uuid', options)).rejects.toThrow(
      /^key "sdc:uuid" was not deleted: the metadata server answered FAILURE$/,
    );
  });

  test('by a server that knows V1 only', async () => {
    const { options } = await served({}, { v1Only: true });
    await expect(deleteKey('a', options)).rejects.toThrow(
      /^key "a" was not deleted: the platform's protocol V1 has no such request$/,
    );
    await expect(listKeys(options)).rejects.toThrow(
      /^the keys were not listed: the platform's protocol V1 has no such request$/,
    );
  });

  test('of a put that is answered NOTFOUND', async () => {
    const options = await serving((socket) =>
      socket.write(`V2_OK\n${encodeAnswerV2('00000001', { status: 'NOTFOUND', value: Buffer.alloc(0) })}`),
    );
    await expect(putKey('a', Buffer.from('x'), options)).rejects.toThrow(
      /^key "a" was not put: the metadata server answered NOTFOUND$/,
    );
    expect(await listKeys(options)).toEqual([]);
  });
});

test('keys of no name are not listed', async () => {
  const { options } = await served({ '': 'x', color: 'red' });
  expect(await listKeys(options)).toEqual(['color']);
});

test('a key that is named twice is asked for once', async () => {
  const { server, options } = await served({ a: '1' });
  const { answers } = await getKeys(['a', 'a'], options);
  expect([...answers.keys()]).toEqual(['a']);
  expect(server.requests).toEqual(['GET a']);
});

describe('no metadata', () => {
  const words = (failure: Promise<unknown>) => failure.then(String, (error: Error) => error.message);

  test.each([
    [
      'a path below a file',
      'file/metadata.sock',
      'not a directory (ENOTDIR)',
      'name the socket with --socket',
    ],
    [
      'a folder that is not there',
      'none/metadata.sock',
      'no such file or directory (ENOENT)',
      'this is no lx zone, or name the socket with --socket',
    ],
  ])('%s ends at once', async (_what, path, why, remedy) => {
    const socketPath = join(temporaryRoot({ file: '' }), path);
    const said = await words(getKeys(['a'], { socketPath, deadline: 60 }));
    expect(said.replace(/0\.\d s/, '0 s')).toBe(
      `no metadata from ${socketPath}: ${why} (0 s, 0 connections); ${remedy}`,
    );
  });

  // At the deadline a busy machine may be in the middle of anything, so only the waits are held to a reason.
  const ended =
    /^no metadata from \S+: .* \(\d\.\d s, \d+ connections\); see on the host whether the metadata service of the platform is up, then run this again$/;

  test('a server that says nothing is asked again until the deadline', async () => {
    const { server, options } = await served({ a: '1' }, { mute: true });
    const waits: string[] = [];
    const failure = getKeys(['a'], { ...options, deadline: 1, onWait: (reason) => waits.push(reason) });
    expect(await words(failure)).toMatch(ended);
    expect(waits[0]).toBe('the metadata server does not answer');
    expect(server.connections).toBeGreaterThanOrEqual(2);
  });

  test('a server that hangs up is asked again, with pauses that grow', async () => {
    let connections = 0;
    const options = await serving((socket, connection) => {
      connections = connection;
      socket.on('error', () => undefined);
      socket.end();
    });
    const waits: string[] = [];
    const failure = getKeys(['a'], { ...options, deadline: 0.5, onWait: (reason) => waits.push(reason) });
    expect(await words(failure)).toMatch(ended);
    expect(waits[0]).toBe('the metadata server closed the connection');
    // After 20, 40, 80, 160 and 320 ms; without pauses there would be hundreds.
    expect(connections).toBeGreaterThanOrEqual(2);
    expect(connections).toBeLessThanOrEqual(8);
  });

  test('a server of another protocol is named as that', async () => {
    const { options } = await served({}, { nonsense: true });
    const waits: string[] = [];
    const failure = getKeys(['a'], { ...options, deadline: 0.5, onWait: (reason) => waits.push(reason) });
    expect(await words(failure)).toMatch(ended);
    expect(waits[0]).toBe('the answer to NEGOTIATE is not of the metadata protocol');
  });
});

test('an exchange tells how long it took, and which protocol was spoken', async () => {
  const { options } = await served({ a: '1' }, { slow: 50 });
  const { exchange } = await getKeys(['a'], options);
  expect(exchange).toMatchObject({ protocol: 'V2', connections: 1, writes: 1 });
  expect(exchange.milliseconds).toBeGreaterThanOrEqual(90);
  expect(exchange.connectMilliseconds).toBeLessThan(exchange.milliseconds);
});

describe('a conversation in V1', () => {
  const talk = (argument: string, verb: Request['verb'] = 'GET') => {
    const open = new Map<string, Request>([['1', { id: '1', verb, argument }]]);
    const outcomes = new Map<string, Outcome>();
    return { open, outcomes, talk: conversation(open, outcomes, 'V1') };
  };
  const none = { status: 'unusable', reason: "the platform's protocol V1 has no such request" };

  test.each(['a\nGET b', 'a\rb'])('never asks for a key that is no line: %j', (key) => {
    const { open, outcomes, talk: one } = talk(key);
    expect(one.opening).toBe('');
    expect(outcomes.get('1')).toEqual(none);
    expect(open.size).toBe(0);
  });

  test('has only GET', () => {
    expect(talk('', 'KEYS').outcomes.get('1')).toEqual(none);
    expect(talk('a').talk.opening).toBe('GET a\n');
  });

  test('takes an invalid command for a failure, and anything else for another protocol', () => {
    const { outcomes, talk: one } = talk('a');
    expect(one.receive(Buffer.from('invalid command\n'))).toBe(true);
    expect(outcomes.get('1')).toEqual({ status: 'FAILURE', value: Buffer.alloc(0) });
    expect(() => talk('a').talk.receive(Buffer.from('HTTP/1.1\n'))).toThrow(
      'an answer that is not of the metadata protocol',
    );
  });

  test('waits for the rest of an answer', () => {
    const { open, talk: one } = talk('a');
    expect(one.receive(Buffer.from('SUCC'))).toBe(true);
    expect(one.receive(Buffer.from('ESS\nx\n'))).toBe(true);
    expect(open.size).toBe(1);
  });
});

test('an answer may have 128 MiB, and an error says how many bytes were too many', () => {
  expect(answerLimit).toBe(134_217_728);
  const reader = frameReader(3);
  reader.push(Buffer.from('ab\n'));
  expect(`${reader.take('\n')}`).toBe('ab');
  reader.push(Buffer.from('cde'));
  expect(`${reader.head(2)}`).toBe('cd');
  expect(`${reader.head(9)}`).toBe('cde');
  expect(() => reader.push(Buffer.from('f'))).toThrow(new FrameTooLong('more than 3 bytes in one answer'));
});
