import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { download } from '../../agent/steps/download.ts';
import { scriptBody } from '../../agent/steps/script-source.ts';
import { userScript } from '../../agent/steps/user-script.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { pem, webServer } from '../support/web-server.ts';
import { changesOf, instanceWith, ranIn, systemAt } from './fixture.ts';

const trust = () => ({ certificates: [pem('authority')], from: 'the test' });
const bounds = { limit: 1000, deadline: 30, wait: 0.01, trust };
const script = '#!/bin/sh\necho hi\n';
const path = '/var/svc/mdata-user-script';

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

describe('fetching', () => {
  test('a body, byte for byte', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 128]);
    const { url } = await webServer((_, response) => response.end(bytes));
    expect(await download(`${url}/script`, bounds)).toEqual(bytes);
  });

  test('follows redirects, relative ones too', async () => {
    const { url, asked } = await webServer((request, response) => {
      if (request.url === '/c') response.end(script);
      else response.writeHead(302, { location: request.url === '/a' ? 'b' : `${url}/c` }).end();
    });
    expect((await download(`${url}/a`, bounds)).toString()).toBe(script);
    expect(asked).toEqual(['/a', '/b', '/c']);
  });

  test('is sent from HTTP to HTTPS, and never back to where anybody can change it', async () => {
    const plain = await webServer((_, response) => response.end(script));
    const secure = await webServer(
      (request, response) => {
        if (request.url === '/here') response.end(script);
        else response.writeHead(302, { location: `${plain.url}/script` }).end();
      },
      { certificate: 'server' },
    );
    await expect(download(`${secure.url}/away`, bounds)).rejects.toThrow('it redirects from https: to http:');
    expect(plain.asked).toEqual([]);
    const upward = await webServer((_, response) =>
      response.writeHead(302, { location: `${secure.url}/here` }).end(),
    );
    expect((await download(upward.url, bounds)).toString()).toBe(script);
  });

  test('ends a circle of redirects', async () => {
    const { url, asked } = await webServer((_, response) => response.writeHead(301, { location: '/' }).end());
    await expect(download(url, bounds)).rejects.toThrow('more than 5 redirects');
    expect(asked).toHaveLength(6);
  });

  test.each([
    'file:///etc/shadow',
    'ftp://127.0.0.1/script',
    'data:text/plain,x',
    'http://[',
    'http://u:p@127.0.0.1/',
  ])('refuses %s, asked for or redirected to', async (target) => {
    await expect(download(target, bounds)).rejects.toThrow('could not be fetched');
    const { url, asked } = await webServer((_, response) =>
      response.writeHead(302, { location: target }).end(),
    );
    await expect(download(url, bounds)).rejects.toThrow('could not be fetched');
    expect(asked).toHaveLength(1);
  });

  test('500, no answer at all, then 200', async () => {
    const { url, asked } = await webServer((request, response) => {
      if (asked.length === 1) response.writeHead(500).end();
      else if (asked.length === 2) request.socket.destroy();
      else response.end(script);
    });
    expect((await download(url, bounds)).toString()).toBe(script);
    expect(asked).toHaveLength(3);
  });

  test('a body that breaks off is fetched again', async () => {
    const { url, asked } = await webServer((request, response) => {
      if (asked.length > 1) return response.end(script);
      response.writeHead(200, { 'content-length': 100 }).write('#!/bin', () => request.socket.destroy());
      return response;
    });
    expect((await download(url, bounds)).toString()).toBe(script);
  });

  test('404 is final', async () => {
    const { url, asked } = await webServer((_, response) => response.writeHead(404).end());
    await expect(download(`${url}/x`, bounds)).rejects.toThrow(
      `${url}/x could not be fetched: the server answers 404`,
    );
    expect(asked).toHaveLength(1);
  });

  test('a body without end is given up at the limit', async () => {
    const { url, asked } = await webServer((_, response) => {
      const more = () => {
        while (response.writable && response.write('x'.repeat(400)));
        response.once('drain', more);
      };
      more();
    });
    await expect(download(url, bounds)).rejects.toThrow('larger than 1000 bytes');
    expect(asked).toHaveLength(1);
  });

  test('a server that hangs, before or in the middle of the body, is given up at the deadline', async () => {
    const silent = await webServer(() => {});
    const slow = await webServer((_, response) => response.writeHead(200).write('#!'));
    for (const { url } of [silent, slow])
      await expect(download(url, { ...bounds, deadline: 0.3 })).rejects.toThrow('gave up after 0.3 s');
  });

  test('an error does not show the signature in a URL', async () => {
    const { url } = await webServer((_, response) => response.writeHead(403).end());
    const error: unknown = await download(`${url}/s?signature=hush`, bounds).catch(
      (reason: unknown) => reason,
    );
    expect(String(error)).toContain(`${url}/s could`);
    expect(String(error)).not.toContain('hush');
    const refused = download('http://127.0.0.1:1/s?signature=hush', { ...bounds, deadline: 0.1 });
    await expect(refused).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:1\/s could not be fetched: (nothing accepts connections|the whole answer)/,
    );
  });
});

describe('a script by URL', () => {
  const source = (url: string, digest?: string) => ({ from: 'url', url, sha256: digest }) as const;

  test('is fetched, and must have the digest that the metadata says', async () => {
    const { url } = await webServer((_, response) => response.end(script));
    const root = openRoot(temporaryRoot());
    expect((await scriptBody(source(url, sha256(script).toUpperCase()), path, root)).toString()).toBe(script);
    await expect(scriptBody(source(url, sha256('other')), path, root)).rejects.toThrow(
      `its SHA-256 is ${sha256(script)}`,
    );
  });

  test('is not fetched when the file with that digest is there', async () => {
    const { url, asked } = await webServer((_, response) => response.end(script));
    const root = openRoot(temporaryRoot({ [path]: script }));
    expect((await scriptBody(source(url, sha256(script)), path, root)).toString()).toBe(script);
    expect(asked).toEqual([]);
    await scriptBody(source(url), path, root);
    expect(asked).toEqual(['/']);
  });

  test('is neither fetched nor run again in the same boot', async () => {
    const { url, asked } = await webServer((_, response) => response.end(script));
    const instance = instanceWith({ userScript: source(url) });
    const first = await changesOf(userScript, instance, systemAt(temporaryRoot()));
    expect(first.map(({ kind }) => kind)).toEqual(['directory', 'file', 'command']);
    const state = { ...emptyState, scripts: { 'user-script': ranIn('this boot') } };
    expect(await changesOf(userScript, instance, systemAt(temporaryRoot(), { state }))).toEqual([]);
    expect(asked).toHaveLength(1);
  });
});
