import { existsSync } from 'node:fs';
import { getKeys, MetadataUnavailable } from '../metadata/client.ts';
import { decodeInstance } from '../metadata/decode.ts';
import type { Instance } from '../metadata/instance.ts';
import { keys } from '../metadata/keys.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** Long enough for a slow server, short enough for somebody who waits, in seconds. */
const patience = 5;
/** A boot that waits this long for its metadata is a slow boot, in milliseconds. */
const slow = 1000;

/** Whether the metadata server answers, how fast, and what it says; the instance where it does. */
export async function checkMetadata(
  socketPath: string,
  deadline = patience,
): Promise<{ findings: Finding[]; instance: Instance | undefined }> {
  // No use in waiting for it, as a boot does.
  if (!existsSync(socketPath)) return { findings: [unavailable(socketPath, 'ENOENT')], instance: undefined };
  try {
    const { answers, exchange } = await getKeys(Object.keys(keys), {
      socketPath,
      deadline,
      // One more connection, for a server that lost the first.
      requestTimeout: (deadline * 1000) / 2,
    });
    const took = `${exchange.milliseconds.toFixed(0)} ms`;
    const answering =
      exchange.milliseconds > slow
        ? wrong(
            'metadata',
            `${socketPath} answers by ${exchange.protocol}, but took ${took}`,
            'check the load of the metadata service on the host (svcs metadata)',
          )
        : ok('metadata', `${socketPath} answers by ${exchange.protocol}, in ${took}`);
    const instance = decodeInstance(answers);
    const found = [...answers].filter(([, answer]) => answer.status === 'found').map(([key]) => key);
    return { findings: [answering, keysFound(found), ...invalidKeys(instance)], instance };
  } catch (error) {
    if (!(error instanceof MetadataUnavailable)) throw error;
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    return { findings: [unavailable(socketPath, reason)], instance: undefined };
  }
}

function keysFound(found: readonly string[]): Finding {
  if (found.includes('sdc:uuid')) return ok('keys', `${found.length} keys are there: ${found.join(', ')}`);
  return wrong(
    'keys',
    'the metadata has no sdc:uuid, so a clone cannot be told from its origin',
    'check on the host: vmadm get UUID',
  );
}

function invalidKeys({ invalid, docker }: Instance): Finding[] {
  return [
    ...invalid.map(({ key, reason }) =>
      wrong(
        'keys',
        `${key}: ${reason}`,
        key.startsWith('sdc:')
          ? 'correct it on the host (vmadm update); until then it is ignored'
          : `correct it: lx-agent metadata put ${key}; until then it is ignored`,
      ),
    ),
    ...(docker
      ? [note('keys', "a Docker container: the platform's init sets up name, resolvers and network")]
      : []),
  ];
}

function unavailable(socketPath: string, reason: string): Finding {
  if (reason.includes('ENOENT'))
    return wrong(
      'metadata',
      `there is no socket ${socketPath}`,
      'check on the host whether the metadata service runs (svcs metadata); elsewhere, name the socket with --socket',
    );
  if (/EACCES|EPERM/.test(reason))
    return wrong('metadata', `${socketPath} may be used by root only`, 'run lx-agent doctor as root');
  if (reason.includes('ECONNREFUSED'))
    return wrong(
      'metadata',
      `nothing listens at ${socketPath}`,
      'check on the host whether the metadata service runs, and restart it (svcadm restart metadata)',
    );
  return wrong(
    'metadata',
    `${socketPath}: ${reason}`,
    'check the metadata service and its log on the host (svcs -L metadata), and restart it (svcadm restart metadata)',
  );
}
