import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import fetch, { type Response } from 'node-fetch';
import { sizeText } from '../system/size.ts';
import { downloadFailure, type Failure } from './download-failure.ts';
import type { TrustStore } from './trust-store.ts';

interface Bounds {
  /** The largest body that is accepted, in bytes. */
  readonly limit: number;
  /** Seconds for everything: attempts, pauses between them, redirects. */
  readonly deadline: number;
  /** Seconds before the first retry; doubled before each further one. */
  readonly wait?: number;
  /** The authorities that HTTPS trusts. Called only when the first https URL is met. */
  readonly trust: () => TrustStore;
}

const maximumRedirects = 5;

/**
 * Fetch an HTTP or HTTPS URL. It follows a few redirects; the only change of protocol that it follows is from HTTP to
 * HTTPS. It uses no proxy and ignores the environment. Failures that can pass (no connection, server errors) are retried
 * until the deadline. Throws an Error whose text leaves out the query of the URL, because a query can hold a signature.
 */
export async function download(url: string, { limit, deadline, wait = 1, trust }: Bounds): Promise<Buffer> {
  const signal = AbortSignal.timeout(deadline * 1000);
  const connections = connector(trust);
  for (let pause = wait; ; pause *= 2) {
    const outcome = await attempt(url, limit, signal, connections);
    if (Buffer.isBuffer(outcome)) return outcome;
    const failure = `${withoutSecrets(url)} could not be fetched: ${outcome.reason}`;
    if (!outcome.passing) throw new Error(failure);
    if (signal.aborted || !(await waited(pause, signal)))
      throw new Error(`${failure}; gave up after ${deadline} s`);
  }
}

/** A URL that is safe in a log: without user, password and query. */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return 'the URL';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** How to connect to a URL. */
interface Connector {
  agentFor(url: URL): HttpAgent;
  /** The authorities that HTTPS trusted; undefined until they are needed. */
  trusted(): TrustStore | undefined;
}

/**
 * Our own agents, with every option set. Node's global agents obey NODE_USE_ENV_PROXY, NODE_EXTRA_CA_CERTS and
 * NODE_TLS_REJECT_UNAUTHORIZED.
 */
function connector(trust: () => TrustStore): Connector {
  let store: TrustStore | undefined;
  let https: HttpsAgent | undefined;
  const http = new HttpAgent({ keepAlive: false });
  return {
    agentFor({ protocol }) {
      if (protocol === 'http:') return http;
      store ??= trust();
      https ??= new HttpsAgent({ keepAlive: false, ca: [...store.certificates], rejectUnauthorized: true });
      return https;
    },
    trusted: () => store,
  };
}

async function attempt(
  start: string,
  limit: number,
  signal: AbortSignal,
  { agentFor, trusted }: Connector,
): Promise<Buffer | Failure> {
  let url = start;
  for (let redirects = 0; redirects <= maximumRedirects; redirects++) {
    const refused = reasonToRefuse(url, start);
    if (refused !== undefined) return { reason: refused, passing: false };
    try {
      const response = await fetch(url, { redirect: 'manual', compress: false, signal, agent: agentFor });
      const location = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && location !== null) {
        discard(response);
        if (!URL.canParse(location, url))
          return { reason: 'it redirects to something that is no URL', passing: false };
        url = new URL(location, url).href;
        continue;
      }
      if (!response.ok) {
        discard(response);
        const passing = response.status >= 500 || response.status === 429 || response.status === 408;
        return { reason: `the server answers ${response.status}`, passing };
      }
      return await body(response, limit);
    } catch (error) {
      if (signal.aborted) return { reason: 'the whole answer did not come in time', passing: true };
      return downloadFailure(error, trusted()?.from);
    }
  }
  return { reason: `more than ${maximumRedirects} redirects`, passing: false };
}

function reasonToRefuse(url: string, start: string): string | undefined {
  if (!URL.canParse(url)) return 'it is no URL';
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return `${protocol} is neither http: nor https:`;
  if (username !== '' || password !== '') return 'a user and password in the URL are not supported';
  if (protocol === 'http:' && start.startsWith('https:')) return 'it redirects from https: to http:';
  return undefined;
}

async function body(response: Response, limit: number): Promise<Buffer | Failure> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) {
      discard(response);
      return { reason: `it is larger than ${sizeText(limit)}`, passing: false };
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Close the connection without reading the rest. */
function discard(response: Response): void {
  if (response.body !== null && 'destroy' in response.body && typeof response.body.destroy === 'function')
    response.body.destroy();
}

/** Whether the pause ended before the deadline. */
async function waited(seconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(seconds * 1000, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
