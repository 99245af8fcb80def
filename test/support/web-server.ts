import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { onTestFinished } from 'vitest';

/** The certificates in test/support/certificates, by who they are for. */
export type Certificate = 'server' | 'expired' | 'other-host';

/** A PEM file of test/support/certificates. */
export function pem(name: string): string {
  return readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), 'utf8');
}

interface WebServer {
  /** Without a path. */
  readonly url: string;
  /** The paths that it was asked for, in turn. */
  readonly asked: readonly string[];
}

/** A web server on loopback that ends with the test: HTTPS with a certificate, HTTP without one. */
export async function webServer(
  answer: RequestListener,
  {
    certificate,
    finished = onTestFinished,
  }: { certificate?: Certificate; finished?: typeof onTestFinished } = {},
): Promise<WebServer> {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  };
  const server =
    certificate === undefined
      ? createServer(listener)
      : createSecureServer({ key: pem(`${certificate}.key`), cert: pem(certificate) }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  finished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`, asked };
}
