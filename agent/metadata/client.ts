import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { sinceStart } from '../system/clock.ts';
import { errorCode } from '../system/root-error.ts';
import { meaningOf } from '../system/system-error.ts';
import type { Answer, Exchange } from './answer.ts';
import { type Conversation, conversation } from './conversation.ts';
import { pairArgument, type Request } from './frame.ts';
import { type Outcome, type Protocol, RefusedV2 } from './speaker.ts';

export interface MetadataOptions {
  readonly socketPath: string;
  /** Seconds for the whole exchange, including all reconnections. */
  readonly deadline: number;
  /** Milliseconds without progress before a new connection replaces this one; doubled each time. */
  readonly requestTimeout?: number;
  /** Called with the reason for waiting, once for each new reason. */
  readonly onWait?: (reason: string) => void;
}

export interface Fetched {
  /** One answer for each requested key. */
  readonly answers: ReadonlyMap<string, Answer>;
  readonly exchange: Exchange;
}

/** No (complete) answer from the metadata server within the deadline. */
export class MetadataUnavailable extends Error {
  override readonly name = 'MetadataUnavailable';
  readonly socketPath: string;
  readonly connections: number;
  readonly milliseconds: number;

  constructor(
    socketPath: string,
    tried: { readonly connections: number; readonly milliseconds: number },
    remedy: string,
    cause: Error,
  ) {
    const waited = `${(tried.milliseconds / 1000).toFixed(1)} s, ${tried.connections} connections`;
    super(`no metadata from ${socketPath}: ${cause.message} (${waited}); ${remedy}`, { cause });
    this.socketPath = socketPath;
    this.connections = tried.connections;
    this.milliseconds = tried.milliseconds;
  }
}

/** The server answered, but refused the request. */
export class MetadataRefused extends Error {
  override readonly name = 'MetadataRefused';
}

/**
 * Requests all keys in one connection. It returns an answer for every key or throws MetadataUnavailable: with partial
 * metadata, the missing keys would look as if they had been removed.
 */
export async function getKeys(keys: readonly string[], options: MetadataOptions): Promise<Fetched> {
  const wanted = [...new Set(keys)];
  // The server never answers a GET of the empty key.
  const requests = wanted.filter((key) => key !== '').map((key, index) => request(index, 'GET', key));
  const { outcomes, exchange } = await ask(requests, options);
  const answers = new Map<string, Answer>(
    requests.map((each) => [each.argument, answer(outcomes.get(each.id))]),
  );
  if (wanted.includes('')) answers.set('', { status: 'failed', reason: 'a key cannot be empty' });
  return { answers, exchange };
}

/** Sets a key. Throws MetadataRefused when the server refuses (a platform key, an empty value). */
export async function putKey(key: string, value: Buffer, options: MetadataOptions): Promise<void> {
  const result = await askOne(request(0, 'PUT', pairArgument(key, value)), options);
  if (result.status !== 'found')
    throw new MetadataRefused(`key ${JSON.stringify(key)} was not put: ${reasonOf(result)}`);
}

/** Removes a key; `absent` when it did not exist (or an earlier attempt removed it before its connection was lost). */
export async function deleteKey(key: string, options: MetadataOptions): Promise<'deleted' | 'absent'> {
  const result = await askOne(request(0, 'DELETE', key), options);
  if (result.status === 'failed') {
    throw new MetadataRefused(`key ${JSON.stringify(key)} was not deleted: ${result.reason}`);
  }
  return result.status === 'found' ? 'deleted' : 'absent';
}

/** The names of the customer's keys; the platform's `sdc:` keys are never among them. */
export async function listKeys(options: MetadataOptions): Promise<string[]> {
  const result = await askOne(request(0, 'KEYS', ''), options);
  if (result.status === 'failed') throw new MetadataRefused(`the keys were not listed: ${result.reason}`);
  const text = result.status === 'found' ? result.value.toString() : '';
  return text.split('\n').filter((key) => key !== '');
}

function request(index: number, verb: Request['verb'], argument: string): Request {
  return { id: (index + 1).toString(16).padStart(8, '0'), verb, argument };
}

function answer(outcome: Outcome | undefined): Answer {
  switch (outcome?.status) {
    case 'SUCCESS':
      return { status: 'found', value: outcome.value };
    case 'NOTFOUND':
      return { status: 'absent' };
    case 'unusable':
      return { status: 'failed', reason: outcome.reason };
    default:
      return { status: 'failed', reason: 'the metadata server answered FAILURE' };
  }
}

function reasonOf(result: Answer): string {
  return result.status === 'failed' ? result.reason : 'the metadata server answered NOTFOUND';
}

async function askOne(one: Request, options: MetadataOptions): Promise<Answer> {
  const { outcomes } = await ask([one], options);
  return answer(outcomes.get(one.id));
}

const firstPause = 20;
const longestPause = 500;

/** Connects, and reconnects for the open requests, until every request has an outcome or the deadline has passed. */
async function ask(requests: readonly Request[], options: MetadataOptions) {
  const started = sinceStart();
  const elapsed = () => sinceStart() - started;
  const open = new Map(requests.map((each) => [each.id, each]));
  const outcomes = new Map<string, Outcome>();
  const tally = { connections: 0, connectMilliseconds: 0 };
  let protocol: Protocol = 'V2';
  const deadline = options.deadline * 1000;
  let patience = options.requestTimeout ?? 5000;
  let pause = firstPause;
  let waitingFor = '';

  while (open.size > 0) {
    const before = open.size;
    const talk = conversation(open, outcomes, protocol);
    if (open.size === 0) break;
    const failure = await connection(options.socketPath, talk, {
      left: Math.max(1, deadline - elapsed()),
      patience,
      finished: () => open.size === 0,
      connected: () => {
        if (tally.connections++ === 0) tally.connectMilliseconds = elapsed();
      },
    });
    if (failure === undefined) break;
    if (talk.refusedV2) protocol = 'V1';
    if (failure instanceof RefusedV2) continue;
    const remedy = hopeless(failure, options.socketPath);
    if (remedy !== undefined || elapsed() >= deadline) {
      throw new MetadataUnavailable(
        options.socketPath,
        { connections: tally.connections, milliseconds: elapsed() },
        remedy ?? 'see on the host whether the metadata service of the platform is up, then run this again',
        failure,
      );
    }
    if (failure.message !== waitingFor) options.onWait?.(failure.message);
    waitingFor = failure.message;
    if (failure instanceof Silence) patience *= 2;
    pause = open.size < before ? firstPause : pause;
    await sleep(Math.min(pause, Math.max(0, deadline - elapsed())));
    pause = Math.min(longestPause, pause * 2);
  }
  // Each connection writes once: all its requests together.
  return { outcomes, exchange: { protocol, ...tally, writes: tally.connections, milliseconds: elapsed() } };
}

class Silence extends Error {}

interface Bounds {
  /** Milliseconds until the deadline. */
  readonly left: number;
  readonly patience: number;
  readonly finished: () => boolean;
  readonly connected: () => void;
}

/** Holds one conversation over a new socket; returns the error if it ended before every request was answered. */
function connection(socketPath: string, talk: Conversation, bounds: Bounds): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const silence = setTimeout(
      () => end(new Silence('the metadata server does not answer')),
      bounds.patience,
    );
    const deadline = setTimeout(
      () => end(new Silence('the metadata server did not answer everything in time')),
      bounds.left,
    );

    let ended = false;
    function end(failure?: Error): void {
      ended = true;
      clearTimeout(silence);
      clearTimeout(deadline);
      // destroy() creates process.stderr, only to compare it with this socket. A normal run exits first.
      if (failure === undefined) setImmediate(() => socket.destroy());
      else socket.destroy();
      resolve(failure);
    }

    socket.once('connect', () => {
      bounds.connected();
      socket.write(talk.opening);
    });
    socket.on('data', (chunk) => {
      if (ended) return;
      try {
        const progress = talk.receive(chunk);
        if (bounds.finished()) end();
        else if (progress) silence.refresh();
      } catch (error) {
        end(bounds.finished() ? undefined : error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.once('error', (error) => end(inWords(error)));
    socket.once('close', () => end(new Error('the metadata server closed the connection')));
  });
}

/** A socket error with a readable message instead of Node's `connect ENOENT /path`; its code stays. */
function inWords(error: Error): Error {
  const code = errorCode(error);
  const meaning = code === undefined ? undefined : meaningOf(code);
  if (meaning === undefined) return error;
  return Object.assign(new Error(`${meaning} (${code})`, { cause: error }), { code });
}

/** The remedy for a failure that retries cannot correct; undefined when the failure may be temporary. */
function hopeless(failure: Error, socketPath: string): string | undefined {
  const code = 'code' in failure ? failure.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') return 'run this as root';
  if (code === 'ENOTDIR' || code === 'EINVAL' || code === 'ENOTSOCK') return 'name the socket with --socket';
  if (code === 'ENOENT' && !existsSync(dirname(socketPath))) {
    return 'this is no lx zone, or name the socket with --socket';
  }
  return undefined;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
