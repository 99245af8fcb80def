import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseArguments } from '../../agent/commands/arguments.ts';
import { run as metadata } from '../../agent/commands/metadata.ts';
import { run as runSteps } from '../../agent/commands/run.ts';
import { capturedIo } from '../support/captured-io.ts';
import { startMetadataServer } from '../support/metadata-server.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const record = 'var/lib/lx-agent/metadata.json';
const held = {
  'sdc:uuid': '7f3b2a10-93c4-4f0e-8c1d-5a6b7c8d9e0f',
  'sdc:hostname': 'web-1',
  'sdc:resolvers': ['192.0.2.53'],
  root_authorized_keys: 'ssh-ed25519 AAAA somebody\n',
  'user-data': 'a password',
  'user-script': '#!/bin/sh\n# another password\n',
  'operator-script-url': 'https://name:password@example.org/',
};

/** A root in which a boot has read the metadata, and the service that it asked. */
async function booted(given: object = held) {
  const root = temporaryRoot({
    'etc/os-release': 'ID=debian\n',
    'var/svc': null,
    'var/db': null,
    'var/log': null,
  });
  const socket = join(temporaryRoot(), 'metadata.sock');
  const server = await startMetadataServer({ socketPath: socket, metadata: { ...given } });
  onTestFinished(() => server.close());
  const boot = async (...more: string[]) => {
    const line = ['run', '--stage', 'early', '--root', root, '--socket', socket, ...more];
    await runSteps(parseArguments(line), capturedIo());
  };
  await boot();
  const ask = async (...words: string[]) => {
    const io = capturedIo();
    const exit = await metadata(parseArguments(['metadata', ...words, '--last', '--root', root]), io);
    return { exit, ...io.said };
  };
  return { root, server, socket, boot, ask };
}

describe('what the last boot read', () => {
  it('is shown while the service is away', async () => {
    const { server, ask } = await booted();
    await server.close();
    expect(await ask('get', 'sdc:hostname')).toEqual({ exit: 0, stdout: 'web-1\n', stderr: '' });
    expect((await ask('list')).stdout).toBe('sdc:uuid\nsdc:hostname\nsdc:resolvers\n');
    expect(JSON.parse((await ask('list', '--json')).stdout).values['sdc:resolvers']).toBe('["192.0.2.53"]');
    expect(JSON.parse((await ask('get', 'sdc:hostname', '--json')).stdout)).toEqual({
      key: 'sdc:hostname',
      value: 'web-1',
      since: expect.stringMatching(/^20\d\d-/),
    });
  });

  it('holds no secret, and only root reads it', async () => {
    const { root, ask } = await booted();
    expect(readFileSync(join(root, record), 'utf8')).not.toMatch(/password|ssh-ed25519/);
    expect(statSync(join(root, record)).mode & 0o777).toBe(0o600);
    const { exit, stderr } = await ask('get', 'user-data');
    expect(exit).toBe(1);
    expect(stderr).toBe('lx-agent: the value of "user-data" is not kept, because it may be a secret\n');
  });

  it('is written again only when it has changed', async () => {
    const { root, server, boot, ask } = await booted();
    const { ino } = statSync(join(root, record));
    await boot();
    expect(statSync(join(root, record)).ino).toBe(ino);
    server.metadata.set('sdc:hostname', 'web-2');
    await boot();
    expect((await ask('get', 'sdc:hostname')).stdout).toBe('web-2\n');
    server.metadata.delete('sdc:hostname');
    await boot();
    expect((await ask('get', 'sdc:hostname')).stderr).toContain('found no metadata key "sdc:hostname"');
  });

  it('stays when a boot reads nothing', async () => {
    const { server, boot, ask } = await booted();
    await server.close();
    await boot('--deadline', '0.1');
    expect((await ask('get', 'sdc:hostname')).stdout).toBe('web-1\n');
  });

  it('is told from none, and from what is no record', async () => {
    const root = temporaryRoot({ 'var/lib/lx-agent': null });
    const ask = async () => {
      const io = capturedIo();
      const line = ['metadata', 'list', '--last', '--root', root];
      return { exit: await metadata(parseArguments(line), io), stderr: io.said.stderr };
    };
    expect(await ask()).toEqual({
      exit: 2,
      stderr: 'lx-agent: no metadata is on record: no boot has read any yet\n',
    });
    writeFileSync(join(root, record), 'nonsense');
    expect((await ask()).stderr).toContain('/var/lib/lx-agent/metadata.json is no record of this program');
  });

  it('is pointed to where the service does not answer', async () => {
    const io = capturedIo();
    const line = [
      'metadata',
      'get',
      'sdc:uuid',
      '--socket',
      join(temporaryRoot(), 'none'),
      '--deadline',
      '0.1',
    ];
    expect(await metadata(parseArguments(line), io)).toBe(2);
    expect(io.said.stderr).toMatch(/; --last shows what the last boot read\n$/);
  });
});
