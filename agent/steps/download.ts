import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import fetch, { type Response } from 'node-fetch';
import { sizeText } from '../system/size.ts';
import { downloadFailure, type Failure } from './download-failure.ts';
import type { TrustStore } from './trust-store.ts';

interface Bounds {
  /** The most bytes that are taken. */
  readonly limit: number;
  /** Seconds for all of it: tries, waits between them, redirects. */
  readonly deadline: number;
  /** Seconds before the second try; doubled before each one after it. */
  readonly wait?: number;
  /** Whom HTTPS trusts: asked for when the first https URL is met, and not before. */
  readonly trust: () => TrustStore;
}

const maximumRedirects = 5;

/**
 * Fetch what an HTTP or HTTPS URL leads to. Redirects are followed a few times, never to another protocol but from
 * HTTP to HTTPS. No proxy is used, and the environment changes nothing. What may pass (no connection, server errors) is
 * tried again until the deadline. Throws an Error whose text leaves out the URL's query, for that is where a signature
 * stands.
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

/** A URL as it may stand in a log: no user, no password, no query. */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return 'the URL';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** How to connect to a URL. */
interface Connector {
  agentFor(url: URL): HttpAgent;
  /** Whom HTTPS trusted, once it was asked for. */
  trusted(): TrustStore | undefined;
}

/**
 * Agents of our own, each option set: Node's global ones follow NODE_USE_ENV_PROXY, NODE_EXTRA_CA_CERTS and
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

/** Let go of the connection without reading the rest. */
function discard(response: Response): void {
  if (response.body !== null && 'destroy' in response.body && typeof response.body.destroy === 'function')
    response.body.destroy();
}

/** Whether the pause passed before the deadline did. */
async function waited(seconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(seconds * 1000, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
