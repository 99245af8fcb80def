import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { getKeys } from '../../agent/metadata/client.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import { steps } from '../../agent/steps/order.ts';
import { web } from '../support/instances/web.ts';
import { startMetadataServer } from '../support/metadata-server.ts';

async function serve(metadata: Record<string, unknown>) {
  const folder = mkdtempSync(join(tmpdir(), 'lx-agent-test-'));
  const socketPath = join(folder, 'metadata.sock');
  const server = await startMetadataServer({ socketPath, metadata });
  onTestFinished(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  return { server, socketPath };
}

test('1,500 clients at once all get everything, each in one connection', { timeout: 60_000 }, async () => {
  const { server, socketPath } = await serve(web);
  const asked = steps.flatMap((step) => step.keys);
  const fetched = await Promise.all(
    Array.from({ length: 1500 }, () => getKeys(asked, { socketPath, deadline: 60, requestTimeout: 60_000 })),
  );
  expect(fetched.every(({ answers }) => decodeInstance(answers).hostname === 'web-1')).toBe(true);
  expect(fetched.every(({ exchange }) => exchange.connections === 1 && exchange.writes === 1)).toBe(true);
  expect(server.connections).toBe(1500);
});

test('1,000 keys are one connection and one write, as few are', { timeout: 60_000 }, async () => {
  const many = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`key-${index}`, `value ${index}`]),
  );
  const { socketPath } = await serve(many);
  const { answers, exchange } = await getKeys(Object.keys(many), { socketPath, deadline: 30 });
  expect([...answers.values()].filter(({ status }) => status === 'found')).toHaveLength(1000);
  expect(exchange).toMatchObject({ connections: 1, writes: 1 });
});

test('64 MiB of user-data arrive whole', { timeout: 60_000 }, async () => {
  const value = '0123456789abcdef'.repeat(4 * 1024 * 1024);
  const { socketPath } = await serve({ 'user-data': value });
  const { answers } = await getKeys(['user-data'], { socketPath, deadline: 60 });
  const instance = decodeInstance(answers);
  expect(instance.userData?.length).toBe(value.length);
  expect(instance.userData?.equals(Buffer.from(value))).toBe(true);
});

test('1,000 NICs and 1,000 routes are decoded, all of them', () => {
  const nics = Array.from({ length: 1000 }, (_, index) => ({
    interface: `net${index}`,
    mac: `90:b8:d0:00:${(index >> 8).toString(16)}:${(index & 255).toString(16)}`,
    ips: [`10.${index >> 8}.${index & 255}.10/24`],
    primary: index === 0,
  }));
  const routes = Array.from({ length: 1000 }, (_, index) => ({
    linklocal: false,
    dst: `172.16.${index >> 8}.${index & 255}/32`,
    gateway: '10.0.0.1',
  }));
  const found = (value: unknown) => ({ status: 'found', value: Buffer.from(JSON.stringify(value)) }) as const;
  const instance = decodeInstance(
    new Map([
      ['sdc:nics', found(nics)],
      ['sdc:routes', found(routes)],
    ]),
  );
  expect(instance.invalid).toEqual([]);
  expect(instance.nics).toHaveLength(1000);
  expect(instance.routes).toHaveLength(1000);
});
