import {
  deleteKey,
  getKeys,
  listKeys,
  MetadataRefused,
  MetadataUnavailable,
  putKey,
} from '../metadata/client.ts';
import { openRoot } from '../system/open-root.ts';
import { metadataSocket } from '../system/zone.ts';
import { type Invocation, seconds, UsageError } from './arguments.ts';
import type { Io } from './io.ts';

type Verb = 'get' | 'list' | 'put' | 'delete';

export interface MetadataCommandOptions {
  readonly socketPath: string;
  /** Seconds. */
  readonly deadline: number;
  readonly json: boolean;
}

/** `lx-agent metadata get|list|put|delete`, from the command line. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  if (invocation.flags.has('last')) {
    const { showLastMetadata } = await import('./last-metadata.ts');
    const root = openRoot(invocation.values.get('root') ?? '/');
    return showLastMetadata(root, invocation.operands[0], invocation.flags.has('json'), io);
  }
  return await metadataCommand(
    verbOf(invocation.name),
    invocation.operands,
    {
      socketPath: invocation.values.get('socket') ?? metadataSocket(),
      deadline: seconds(invocation, 'deadline') ?? 10,
      json: invocation.flags.has('json'),
    },
    io,
  );
}

/** The exit status is that of mdata-get: 0, 1 no such key, 2 the service failed. Wrong arguments throw UsageError (3). */
export async function metadataCommand(
  verb: Verb,
  operands: readonly string[],
  options: MetadataCommandOptions,
  io: Pick<Io, 'stdout' | 'stderr' | 'readInput'>,
): Promise<number> {
  const [key, value] = operands;
  try {
    if (verb === 'list') return await list(options, io);
    if (key === undefined || key === '') throw new UsageError(`metadata ${verb}: KEY is missing or empty`);
    if (verb === 'get') return await get(key, options, io);
    if (key.startsWith('sdc:')) {
      throw new MetadataRefused(`the key ${JSON.stringify(key)} belongs to the platform and is read-only`);
    }
    if (verb === 'delete') {
      const result = await deleteKey(key, options);
      if (options.json) print(io, { key, result });
      return 0;
    }
    const content = value === undefined ? io.readInput() : Buffer.from(value);
    if (content.length === 0) {
      throw new MetadataRefused(
        `the platform does not accept an empty value for ${JSON.stringify(key)}; delete the key instead`,
      );
    }
    await putKey(key, content, options);
    if (options.json) print(io, { key, result: 'set' });
    return 0;
  } catch (error) {
    if (!(error instanceof MetadataUnavailable || error instanceof MetadataRefused)) throw error;
    const { sayFailure } = await import('./error-text.ts');
    const hint = error instanceof MetadataUnavailable && (verb === 'get' || verb === 'list');
    return sayFailure(
      `${error.message}${hint ? '; --last shows what the last boot read' : ''}`,
      2,
      options.json,
      io,
    );
  }
}

async function get(key: string, options: MetadataCommandOptions, io: Pick<Io, 'stdout' | 'stderr'>) {
  const { answers } = await getKeys([key], options);
  const answer = answers.get(key);
  if (answer?.status === 'found') {
    if (options.json) print(io, { key, ...asText(answer.value) });
    else io.stdout.write(Buffer.concat([answer.value, Buffer.from('\n')]));
    return 0;
  }
  if (answer?.status === 'absent') {
    const { sayFailure } = await import('./error-text.ts');
    const message = `there is no metadata key ${JSON.stringify(key)}; lx-agent metadata list shows the keys that are set`;
    return sayFailure(message, 1, options.json, io);
  }
  throw new MetadataRefused(
    `the key ${JSON.stringify(key)} cannot be read: ${answer?.reason ?? 'no answer'}`,
  );
}

async function list(options: MetadataCommandOptions, io: Pick<Io, 'stdout'>): Promise<number> {
  const keys = await listKeys(options);
  if (options.json) print(io, { keys });
  else io.stdout.write(keys.map((key) => `${key}\n`).join(''));
  return 0;
}

/** JSON cannot hold bytes: a value that is not UTF-8 is given as base64, under another name. */
function asText(value: Buffer): { readonly value: string } | { readonly base64: string } {
  const text = value.toString();
  return Buffer.from(text).equals(value) ? { value: text } : { base64: value.toString('base64') };
}

function print(io: Pick<Io, 'stdout'>, result: object): void {
  io.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
}

function verbOf(name: Invocation['name']): Verb {
  switch (name) {
    case 'metadata get':
      return 'get';
    case 'metadata list':
      return 'list';
    case 'metadata put':
      return 'put';
    case 'metadata delete':
      return 'delete';
    default:
      throw new TypeError(`${name} is not a metadata command`);
  }
}
