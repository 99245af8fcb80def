import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseArguments } from '../../agent/commands/arguments.ts';
import { run as collect } from '../../agent/commands/collect.ts';
import { run as runSteps } from '../../agent/commands/run.ts';
import { capturedIo } from '../support/captured-io.ts';
import { startMetadataServer } from '../support/metadata-server.ts';
import { plant, temporaryRoot } from '../support/temporary-root.ts';

/** Planted where secrets are, and where people put them all the same. */
const secret = 'planted-SECRET-hunter2';
const metadata = {
  'sdc:uuid': '7f3b2a10-93c4-4f0e-8c1d-5a6b7c8d9e0f',
  'sdc:hostname': 'web-1',
  'sdc:resolvers': ['192.0.2.53'],
  'sdc:nics': [{ interface: 'net0', mac: '02:08:20:aa:bb:01', ips: ['192.0.2.10/24'], primary: true }],
  root_pw: `${secret}-root`,
  'user-script': `#!/bin/sh\nexport TOKEN=${secret}-script\n`,
  'sdc:operator-script': `#!/bin/sh\n: ${secret}-operator\n`,
  'user-data': `#cloud-config\npassword: ${secret}-data\n`,
  root_authorized_keys: `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPlantedPlanted ${secret}@example.org\n`,
  'db-password': `${secret}-db`,
  'deploy-url': `https://me:${secret}@example.org/`,
};

async function instance() {
  const root = temporaryRoot({
    'etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    'sbin/init': '-> /lib/systemd/systemd',
    'var/svc': null,
    'var/log': null,
  });
  const socketPath = join(temporaryRoot(), 'metadata.sock');
  const server = await startMetadataServer({ socketPath, metadata });
  onTestFinished(() => server.close());
  await runSteps(parseArguments(['run', '--root', root, '--socket', socketPath]), capturedIo());
  plant(root, {
    'etc/lx-agent.ini': `; password = ${secret}-ini\n[early]\nmetadata_deadline = 5\n`,
    'var/log/lx-agent.log': `2026-11-26T07:00:00.000Z error x: ${secret}-script refused\n`,
    'var/log/mdata-user-script.log': `+ export TOKEN=${secret}-script\nconnecting with ${secret}-db\n`,
    'etc/hosts': `127.0.0.1 localhost # https://me:${secret}@example.org\n`,
    'etc/ssh/ssh_host_ed25519_key': `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n`,
  });
  const folder = temporaryRoot();
  const call = async (...words: string[]) => {
    const io = capturedIo();
    const output = join(folder, 'support.tar.gz');
    const arguments_ = ['collect', '--root', root, '--socket', socketPath, '-o', output, ...words];
    const exit = await collect(parseArguments(arguments_), io);
    return { exit, output, ...io.said };
  };
  return { root, socketPath, folder, call };
}

/** What a real tar makes of it: name to content. */
function unpacked(archive: string): Record<string, string> {
  const names = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n');
  return Object.fromEntries(
    names.map((name) => [name, execFileSync('tar', ['-xzOf', archive, name], { encoding: 'utf8' })]),
  );
}

describe('lx-agent collect', () => {
  it('gathers what tells of a fault, in an archive for its owner alone', async () => {
    const { call } = await instance();
    const { exit, output, stdout, stderr } = await call();
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: '' });
    expect(stderr).toContain('secrets masked; review it before you send it');
    expect(statSync(output).mode & 0o777).toBe(0o600);
    const files = unpacked(output);
    for (const name of [
      'about.json',
      'doctor.txt',
      'metadata.json',
      'machine.json',
      'boots.json',
      'scripts.json',
      'files/etc/lx-agent.ini',
      'files/etc/resolv.conf',
      'files/etc/hosts',
      'files/var/log/lx-agent.log',
    ])
      expect(Object.keys(files)).toContain(`lx-agent/${name}`);
    expect(files['lx-agent/files/etc/resolv.conf']).toContain('nameserver 192.0.2.53');
    expect(files['lx-agent/files/etc/lx-agent.ini']).toContain('metadata_deadline = 5');
    expect(JSON.parse(files['lx-agent/metadata.json'] ?? '')).toMatchObject({
      'sdc:hostname': 'web-1',
      'user-script': { bytes: metadata['user-script'].length },
      'db-password': { bytes: metadata['db-password'].length },
    });
    expect(JSON.parse(files['lx-agent/about.json'] ?? '')).toMatchObject({ scriptLogs: false, missing: [] });
  });

  it.each([[[]], [['--script-logs']]])('holds none of the planted secrets, called with %j', async (words) => {
    const { call } = await instance();
    const archive = gunzipSync(readFileSync((await call(...words)).output)).toString('latin1');
    expect(archive).not.toContain('planted');
    expect(archive).not.toContain('hunter2');
    expect(archive).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
    expect(archive.includes('connecting with [masked]')).toBe(words.length > 0);
    expect(archive).toContain('[masked] refused');
  });

  it('masks what is on disk when no metadata can be had, and says what is missing', async () => {
    const { root, socketPath, call } = await instance();
    writeFileSync(
      join(root, 'var/log/lx-agent.log'),
      `${secret}-script, ${secret}-operator, ${secret}-data\n`,
    );
    rmSync(socketPath);
    const { output, stderr } = await call('--json');
    const archive = gunzipSync(readFileSync(output)).toString('latin1');
    for (const name of ['script', 'operator', 'data']) expect(archive).not.toContain(`${secret}-${name}`);
    expect(stderr).toContain('not in the archive: no metadata: there is no socket');
  });

  it('goes on without what cannot be read', async () => {
    const { root, call } = await instance();
    rmSync(join(root, 'etc/hosts'));
    writeFileSync(join(root, 'var/lib/lx-agent/report-late.json'), 'nonsense');
    chmodSync(join(root, 'var/lib/lx-agent/report-late.json'), 0o644);
    const { exit, stdout } = await call('--json');
    expect(exit).toBe(0);
    const told = JSON.parse(stdout);
    expect(told.missing).toEqual([expect.stringContaining('report-late.json is not a report')]);
    expect(told.files).toContain('boots.json');
  });

  it('never writes over a file, and says where it could not write', async () => {
    const { call, folder } = await instance();
    const { output } = await call();
    const before = readFileSync(output);
    await expect(call()).rejects.toThrow('exists already; choose another file with --output');
    expect(readFileSync(output)).toEqual(before);
    await expect(call('-o', join(folder, 'none/x'))).rejects.toThrow('cannot write');
  });
});
