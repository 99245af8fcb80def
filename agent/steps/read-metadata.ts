import type { Answer } from '../metadata/answer.ts';
import { getKeys, MetadataUnavailable } from '../metadata/client.ts';
import { decodeInstance } from '../metadata/decode.ts';
import type { Instance } from '../metadata/instance.ts';
import { type Key, withoutSecrets } from '../metadata/keys.ts';
import type { MetadataOutcome } from '../report/report.ts';
import { sinceStart } from '../system/clock.ts';
import type { Step } from './step.ts';

/** Where to read the metadata, and how long to wait for it. */
export interface MetadataSource {
  readonly socketPath: string;
  /** Seconds. */
  readonly deadline: number;
  /** Keys to read besides those of the steps. */
  readonly more: readonly Key[];
  readonly onWait?: (reason: string, deadline: number) => void;
}

/** The values that hold no secret, by key. */
type Values = Readonly<Record<string, string>>;

/** Read all keys of all steps in one connection. If they do not come in time, the Instance has no values. */
export async function readMetadata(
  steps: readonly Step[],
  { socketPath, deadline, more, onWait }: MetadataSource,
): Promise<{ instance: Instance; metadata: MetadataOutcome; values: Values }> {
  const started = sinceStart();
  const keys = [...new Set<Key>(['sdc:uuid', ...more, ...steps.flatMap((step) => step.keys)])];
  try {
    const { answers, exchange } = await getKeys(keys, {
      socketPath,
      deadline,
      ...(onWait === undefined ? {} : { onWait: (reason: string) => onWait(reason, deadline) }),
    });
    const found = keys.filter((key) => answers.get(key)?.status === 'found');
    return {
      instance: decodeInstance(answers),
      values: valuesOf(answers),
      metadata: { status: 'read', socket: socketPath, keys: found, ...exchange },
    };
  } catch (error) {
    if (!(error instanceof MetadataUnavailable)) throw error;
    const milliseconds = sinceStart() - started;
    return {
      instance: decodeInstance(new Map()),
      values: {},
      metadata: { status: 'unavailable', socket: socketPath, reason: error.message, milliseconds },
    };
  }
}

/** Sorted, because a server may answer in any order. */
function valuesOf(answers: ReadonlyMap<string, Answer>): Values {
  return Object.fromEntries(
    [...withoutSecrets].flatMap((key) => {
      const answer = answers.get(key);
      return answer?.status === 'found' ? [[key, answer.value.toString()]] : [];
    }),
  );
}
