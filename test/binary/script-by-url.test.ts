import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { web } from '../support/instances/web.ts';
import type { Tree } from '../support/temporary-root.ts';
import { pem, webServer } from '../support/web-server.ts';
import { loaders, startedBy } from './loaders.ts';
import { type Launch, openZone } from './zone.ts';

const authority = new URL('../support/certificates/authority.pem', import.meta.url).pathname;

/** Where the packages of Debian, Red Hat, SUSE, Arch, Alpine and Void put the certificates of all authorities, in order. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/var/lib/ca-certificates/ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ca-certificates/extracted/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/etc/ssl/certs.pem',
] as const;

const script = '#!/bin/sh\necho "from the web: é"\n';

/** Run the step on a zone whose user-script, or operator-script, is at a URL. */
async function fetched(
  url: string,
  {
    program,
    tree = {},
    step = 'user-script',
    environment = {},
  }: {
    program?: Launch;
    tree?: Tree;
    step?: 'user-script' | 'operator-script';
    environment?: Readonly<Record<string, string>>;
  } = {},
) {
  const { 'user-script': _, ...others } = web;
  const key = step === 'user-script' ? 'user-script-url' : 'operator-script-url';
  const zone = await openZone({ ...others, [key]: url }, { tree, ...(program && { program }) });
  const { status, stdout } = await zone.call(
    ['run', '--root', zone.root, '--socket', zone.socketPath, '--json', step],
    { environment },
  );
  const [told] = JSON.parse(stdout).steps.filter(({ name }: { name: string }) => name === step);
  return {
    status,
    reason: told.reason,
    script: zone.tree()[`/var/svc/mdata-${step}`],
  };
}

const done = { status: 0, script: `file 700 ${Buffer.from(script).toString('latin1')}` };

describe.each(loaders)('with %s, a script by URL', (loader) => {
  const launch = startedBy(loader);

  it.each(['user-script', 'operator-script'] as const)('is fetched by HTTP: the %s', async (step) => {
    const { url } = await webServer((_, response) => response.end(script));
    expect(await fetched(`${url}/s`, { step, program: launch() })).toMatchObject(done);
  });

  it("is fetched by HTTPS from a server of a private authority in the image's own trust store", async () => {
    const { url } = await webServer((_, response) => response.end(script), { certificate: 'server' });
    const tree = { [bundles[0]]: `a comment\n${pem('stranger')}${pem('authority')}` };
    expect(await fetched(`${url}/s`, { tree, program: launch() })).toMatchObject(done);
  });

  it('is not fetched from a server whose authority the image does not trust', async () => {
    const { url, asked } = await webServer((_, response) => response.end(script), { certificate: 'server' });
    const tree = { [bundles[0]]: pem('stranger') };
    const end = await fetched(`${url}/s?token=hush`, { tree, program: launch() });
    expect(end).toMatchObject({
      status: 1,
      reason: `${url}/s could not be fetched: its certificate is signed by no authority that this image trusts (${bundles[0]}); add the authority to the trust store of the image`,
    });
    expect(asked).toEqual([]);
  });
});

describe('the trust store of an image', () => {
  it.each([
    ...bundles.map((path): [string, Tree] => [path, { [path]: pem('authority') }]),
    ['a link, as on SUSE', { '/etc/ssl/ca-bundle.pem': '-> /var/lib/ca', '/var/lib/ca': pem('authority') }],
    ['a folder of certificates', { '/etc/ssl/certs/01234567.0': pem('authority'), '/etc/ssl/certs/x': 'x' }],
    [
      'the second place, where the first holds no certificate',
      { [bundles[0]]: '', [bundles[1]]: pem('authority') },
    ],
    [
      'the second place, where the first cannot be read',
      { [`${bundles[0]}/folder`]: null, [bundles[1]]: pem('authority') },
    ],
    [
      'a bundle with certificates that are none',
      {
        [bundles[0]]: `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${pem('authority')}`,
      },
    ],
  ])('is found: %s', async (_, tree) => {
    const { url } = await webServer((_, response) => response.end(script), { certificate: 'server' });
    expect(await fetched(url, { tree })).toMatchObject(done);
  });

  it('is told where it could not be read', async () => {
    const { url } = await webServer((_, response) => response.end(script), { certificate: 'server' });
    const { reason } = await fetched(url, { tree: { [`${bundles[0]}/folder`]: null } });
    expect(reason).toContain(`cannot read ${bundles[0]}`);
    expect(reason).toContain('Node.js, for the image has no trust store');
  });

  it.each([
    ['expired', 'the certificate of the server, or of its authority, has expired'],
    ['other-host', 'the certificate of the server is for another host name'],
  ] as const)('does not make up for a certificate that is wrong: %s', async (certificate, reason) => {
    const { url } = await webServer((_, response) => response.end(script), { certificate });
    const end = await fetched(url, { tree: { [bundles[0]]: pem('authority') } });
    expect(end).toMatchObject({ status: 1, reason: `${url}/ could not be fetched: ${reason}` });
  });
});

describe('a server', () => {
  it('may redirect, from HTTP to HTTPS too', async () => {
    const secure = await webServer((_, response) => response.end(script), { certificate: 'server' });
    const { url, asked } = await webServer((request, response) =>
      response.writeHead(302, { location: request.url === '/a' ? 'b' : `${secure.url}/c` }).end(),
    );
    expect(await fetched(`${url}/a`, { tree: { [bundles[0]]: pem('authority') } })).toMatchObject(done);
    expect([...asked, ...secure.asked]).toEqual(['/a', '/b', '/c']);
  });

  it.each([
    ['more than 5 redirects', '/again'],
    ['file: is neither http: nor https:', 'file:///etc/passwd'],
    ['it redirects to something that is no URL', 'http://['],
  ])('may not redirect for ever, nor to anything else: %s', async (reason, location) => {
    const { url } = await webServer((_, response) => response.writeHead(302, { location }).end());
    expect(await fetched(url)).toMatchObject({
      status: 1,
      reason: `${url}/ could not be fetched: ${reason}`,
    });
  });

  it('that is slow is waited for', async () => {
    const { url } = await webServer((_, response) => {
      response.writeHead(200, { 'content-length': Buffer.byteLength(script) });
      const bytes = [...Buffer.from(script)];
      const timer = setInterval(() => {
        const next = bytes.shift();
        if (next !== undefined) return response.write(Buffer.from([next]));
        clearInterval(timer);
        return response.end();
      }, 20);
    });
    expect(await fetched(url)).toMatchObject(done);
  });

  it('that breaks off, answers 503 or no HTTP, is asked again', async () => {
    const { url, asked } = await webServer((request, response) => {
      if (asked.length === 1) response.writeHead(503).end();
      else if (asked.length === 2)
        response.writeHead(200, { 'content-length': 100 }).write('#!', () => request.socket.destroy());
      else response.end(script);
    });
    expect(await fetched(url)).toMatchObject(done);
    expect(asked).toHaveLength(3);
  });

  it('may send 16 MiB and no more', async () => {
    const limit = 16 * 1024 * 1024;
    const large = Buffer.alloc(limit, '#\n');
    const { url } = await webServer((request, response) =>
      response.end(request.url === '/large' ? large : Buffer.concat([large, large])),
    );
    expect((await fetched(`${url}/large`)).script).toHaveLength('file 700 '.length + limit);
    expect(await fetched(`${url}/larger`)).toMatchObject({
      status: 1,
      reason: `${url}/larger could not be fetched: it is larger than 16 MiB`,
    });
  });

  it('that gives no whole answer is given up after a minute, with a reason that is a sentence', async () => {
    const kinds: readonly (readonly [Server, string])[] = [
      [createTcpServer(), 'the whole answer did not come in time'],
      [
        createServer((_, response) => response.writeHead(200).write('#!')),
        'the whole answer did not come in time',
      ],
      [createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')), 'the answer is not HTTP'],
      [createTcpServer((socket) => socket.destroy()), 'the server broke the connection off'],
    ];
    const ends = await Promise.all(kinds.map(async ([server]) => await fetched(await listening(server))));
    for (const [index, { status, reason }] of ends.entries()) {
      expect(status).toBe(1);
      expect(reason.replace(/^http:.* could not be fetched: /, '')).toBe(
        `${kinds[index]?.[1]}; gave up after 60 s`,
      );
    }
  }, 100_000);
});

/** The URL of a server on loopback that ends with the test. */
async function listening(server: Server): Promise<string> {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket.on('error', () => socket.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

describe('the environment', () => {
  it('has no say: no proxy, no other authority, no laxer check', async () => {
    const proxy = await webServer((_, response) => response.end('by the proxy'));
    const { url } = await webServer((_, response) => response.end(script));
    const environment = {
      NODE_USE_ENV_PROXY: '1',
      http_proxy: proxy.url,
      HTTP_PROXY: proxy.url,
      https_proxy: proxy.url,
      HTTPS_PROXY: proxy.url,
      all_proxy: proxy.url,
    };
    expect(await fetched(url, { environment })).toMatchObject(done);
    expect(proxy.asked).toEqual([]);

    const secure = await webServer((_, response) => response.end(script), { certificate: 'server' });
    const trusting = {
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_EXTRA_CA_CERTS: authority,
      SSL_CERT_FILE: authority,
    };
    for (const tree of [{}, { [bundles[0]]: pem('stranger') }])
      expect((await fetched(secure.url, { tree, environment: trusting })).reason).toContain(
        'signed by no authority',
      );
    expect(secure.asked).toEqual([]);
  });
});
