import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import {
  type Answer,
  encodeAnswerV1,
  encodeAnswerV2,
  keyOfRequestV1,
  lineSplitter,
  parseRequestV2,
} from './metadata-protocol.ts';

/** A string is a key's value; anything else is served as JSON text, as the platform serves `sdc:nics`. */
export type Metadata = Record<string, unknown>;

/** What goes wrong, on demand. Counts are per server, over all its connections. */
export interface Faults {
  /** Knows no NEGOTIATE and no V2 frame. */
  v1Only?: boolean;
  /** Reads and never answers; a number: only on that many first connections. */
  mute?: boolean | number;
  /** Milliseconds until the socket appears. */
  late?: number;
  /** Milliseconds before each answer. */
  slow?: number;
  /** Drops every connection and is away for 50 ms, once, after so many answers or bytes have gone out. */
  restartAfterAnswers?: number;
  restartAfterBytes?: number;
  /** Answers anything with lines of no protocol; a number: on that many first connections. */
  nonsense?: boolean | number;
  /** Damages the checksum of so many first V2 answers. */
  corrupt?: number;
  /** Gives so many first V2 answers an id that nobody asked with. */
  wrongIds?: number;
  /** Writes a byte at a time. */
  cut?: boolean;
  /** Joins all answers to what came in one read into one write. */
  joined?: boolean;
  /** Answers the V2 requests of one read in reverse. */
  reversed?: boolean;
  /** Gives every V2 answer twice. */
  duplicated?: boolean;
  /** Alters what goes out on a connection, by its number. */
  garble?: (answer: Buffer, connection: number) => Buffer;
}

export interface MetadataServer {
  readonly metadata: Map<string, unknown>;
  /** `GET key`, `PUT key`, `KEYS`, in the order they came. */
  readonly requests: string[];
  readonly connections: number;
  close(): Promise<void>;
}

interface Options {
  readonly socketPath: string;
  readonly metadata: Metadata;
  readonly faults?: Faults;
}

/** A metadata server on a Unix socket that behaves as the platform's agent does, until told otherwise. */
export async function startMetadataServer({
  socketPath,
  metadata,
  faults = {},
}: Options): Promise<MetadataServer> {
  const values = new Map(Object.entries(metadata));
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const left = { corrupt: faults.corrupt ?? 0, wrongIds: faults.wrongIds ?? 0 };
  const sent = { answers: 0, bytes: 0 };
  let connections = 0;
  let restarted = false;
  let server: Server | undefined;

  function later(milliseconds: number, action: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, milliseconds);
    timers.add(timer);
  }

  function listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      rmSync(socketPath, { force: true });
      server = createServer(serve);
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
  }

  function restart(): void {
    restarted = true;
    for (const socket of sockets) socket.destroy();
    server?.close();
    later(50, () => void listen());
  }

  function serve(socket: Socket): void {
    const turn = ++connections;
    const linesOf = lineSplitter();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());

    const outgoing: Buffer[] = [];
    let writing = false;
    function pump(): void {
      const next = outgoing.shift();
      writing = next !== undefined && !socket.destroyed;
      if (next === undefined || socket.destroyed) return;
      if (faults.slow === undefined) put(next, 0);
      else later(faults.slow, () => put(next, 0));
    }
    function put(bytes: Buffer, from: number): void {
      const room = restarted
        ? bytes.length
        : (faults.restartAfterBytes ?? Number.POSITIVE_INFINITY) - sent.bytes;
      const to = Math.min(bytes.length, from + (faults.cut ? 1 : bytes.length), from + room);
      sent.bytes += to - from;
      socket.write(bytes.subarray(from, to), () => {
        if (!restarted && sent.bytes >= (faults.restartAfterBytes ?? Number.POSITIVE_INFINITY))
          return restart();
        if (to < bytes.length) return put(bytes, to);
        sent.answers++;
        if (!restarted && sent.answers >= (faults.restartAfterAnswers ?? Number.POSITIVE_INFINITY))
          return restart();
        pump();
      });
    }
    function send(answers: readonly Buffer[]): void {
      const { garble } = faults;
      const joined = faults.joined && answers.length > 0 ? [Buffer.concat(answers)] : answers;
      outgoing.push(...(garble === undefined ? joined : joined.map((answer) => garble(answer, turn))));
      if (!writing) pump();
    }

    socket.on('data', (chunk) => {
      const plain: Buffer[] = [];
      const frames: Buffer[] = [];
      for (const line of linesOf(chunk)) {
        if (applies(faults.mute, turn)) continue;
        if (applies(faults.nonsense, turn)) plain.push(Buffer.from('HTTP/1.1 400 Bad Request\r\n'));
        else if (!faults.v1Only && line.startsWith('V2 ')) {
          answerV2(line, (answer) => frames.push(...answer), send);
        } else plain.push(answerV1(line));
      }
      send([...plain, ...(faults.reversed ? frames.reverse() : frames)]);
    });
  }

  function look(key: string): Answer {
    const value = values.get(key);
    if (value === undefined) return answer('NOTFOUND');
    if (typeof value === 'string') return answer('SUCCESS', value);
    // An array of NICs or routes is JSON text; a property that is an object is a failure, without a word.
    return Array.isArray(value) || typeof value !== 'object'
      ? answer('SUCCESS', JSON.stringify(value))
      : answer('FAILURE');
  }

  function answerV1(line: string): Buffer {
    if (line === 'NEGOTIATE V2' && !faults.v1Only) return Buffer.from('V2_OK\n');
    const key = keyOfRequestV1(line);
    if (key === undefined) return Buffer.from('invalid command\n');
    requests.push(`GET ${key}`);
    return encodeAnswerV1(look(key));
  }

  /** GETs and KEYS are answered now; what changes something is done, and answered, later. */
  function answerV2(
    line: string,
    now: (frames: Buffer[]) => void,
    afterwards: (frames: Buffer[]) => void,
  ): void {
    const request = parseRequestV2(line);
    if (request === undefined) return;
    const { id, verb, key, value } = request;
    requests.push(verb === 'KEYS' ? verb : `${verb} ${key}`);
    if (verb === 'KEYS') {
      const names = [...values.keys()].filter((name) => !name.startsWith('sdc:'));
      now(frame(id, answer('SUCCESS', names.join('\n'))));
    } else if (verb === 'GET') now(frame(id, look(key)));
    else later(5, () => afterwards(frame(id, verb === 'PUT' ? assign(key, value) : remove(key))));
  }

  function assign(key: string, value: string): Answer {
    if (key === '' || value === '' || key.startsWith('sdc:')) return answer('FAILURE');
    values.set(key, value);
    return answer('SUCCESS');
  }

  function remove(key: string): Answer {
    if (key.startsWith('sdc:')) return answer('FAILURE');
    return values.delete(key) ? answer('SUCCESS') : answer('NOTFOUND');
  }

  function frame(id: string, content: Answer): Buffer[] {
    const stranger = left.wrongIds-- > 0 ? 'ffffffff' : id;
    const whole = Buffer.from(encodeAnswerV2(stranger, content));
    if (left.corrupt-- > 0) whole.write('x', whole.indexOf(' ', 3) + 1);
    return faults.duplicated ? [whole, whole] : [whole];
  }

  if (faults.late === undefined) await listen();
  else later(faults.late, () => void listen());

  return {
    metadata: values,
    requests,
    get connections() {
      return connections;
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
      rmSync(socketPath, { force: true });
    },
  };
}

function applies(fault: boolean | number | undefined, turn: number): boolean {
  return typeof fault === 'number' ? turn <= fault : fault === true;
}

function answer(status: Answer['status'], value = ''): Answer {
  return { status, value: Buffer.from(value) };
}
