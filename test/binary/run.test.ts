import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../agent/report/report.ts';
import { hasAccount } from '../support/account.ts';
import { web } from '../support/instances/web.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { openZone, type Zone } from './zone.ts';

async function report(zone: Zone, ...args: string[]): Promise<Report> {
  const { stdout } = await zone.run('--json', ...args);
  return JSON.parse(stdout);
}

describe('the first run', () => {
  it('makes the instance what its metadata says, in one connection', async () => {
    const zone = await openZone();
    const first = await report(zone);
    expect(first).toMatchObject({
      exit: 0,
      hostname: 'web-1',
      instance: web['sdc:uuid'],
      invalid: [],
      warnings: [],
      metadata: { status: 'read', protocol: 'V2', connections: 1, writes: 1 },
    });
    expect(zone.server.connections).toBe(1);
    expect(zone.text('etc/hostname')).toBe('web-1\n');
    expect(zone.text('etc/hosts')).toContain('127.0.1.1\tweb-1.example.com web-1\n');
    expect(zone.text('etc/resolv.conf')).toContain('nameserver 192.0.2.53\nnameserver 2001:db8::53\n');
    expect(zone.text('etc/network/interfaces.d/lx-agent')).toContain('iface eth1 inet');
    expect(zone.tree()).toMatchObject({
      '/root/.ssh': 'directory 700',
      '/root/.ssh/authorized_keys': `file 600 ${web.root_authorized_keys}`,
      '/var/db/mdata-user-data': 'file 600 color=blue\n',
      '/var/svc/mdata-user-script': `file 700 ${web['user-script']}`,
      '/var/svc/provision_success': expect.stringMatching(/^file \d+ $/),
    });
    expect(zone.tree()).not.toHaveProperty('/var/svc/provisioning');
  });

  it('is told by the report and by `status`', async () => {
    const zone = await openZone();
    await zone.run();
    const shown = await zone.call(['status', '--root', zone.root]);
    expect(shown).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('web-1') });
    const { stdout } = await zone.call(['status', '--json', '--root', zone.root]);
    expect(JSON.stringify(JSON.parse(stdout))).toContain('"hostname":"web-1"');
  });

  it('tries nothing in a dry run, and changes nothing', async () => {
    const zone = await openZone();
    const before = zone.tree();
    const { status, stdout } = await zone.run('--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain('+web-1');
    expect(zone.tree()).toEqual(before);
    const dry: Report = JSON.parse((await zone.run('--dry-run', '--json')).stdout);
    expect(dry.steps.flatMap((step) => step.changes).filter(({ result }) => result === 'changed')).toEqual(
      [],
    );
    expect(zone.tree()).toEqual(before);
  });
});

describe('a run on what is as it should be', () => {
  it('changes nothing but its report', async () => {
    const zone = await openZone();
    await zone.run();
    const before = zone.tree();
    const second = await report(zone);
    expect(second.exit).toBe(0);
    const results = second.steps.flatMap((step) => step.changes.map(({ result }) => result));
    expect(new Set(results)).toEqual(new Set(['unchanged', 'listed']));
    expect(zone.tree()).toEqual(before);
  });

  it('does the named steps only, and leaves the report of the boot', async () => {
    const zone = await openZone();
    await zone.run();
    const kept = zone.text('var/lib/lx-agent/report-early.json');
    zone.server.metadata.set('hostname', 'web-2');
    zone.server.metadata.set('user-data', 'color=red\n');
    expect((await zone.run('hostname')).status).toBe(0);
    expect(zone.text('etc/hostname')).toBe('web-2\n');
    expect(zone.text('etc/hosts')).not.toContain('web-1');
    expect(zone.text('var/db/mdata-user-data')).toBe('color=blue\n');
    expect(zone.text('var/lib/lx-agent/report-early.json')).toBe(kept);
  });
});

describe('after a boot', () => {
  it('status and doctor tell of the boot, whatever was run by hand', async () => {
    const zone = await openZone();
    for (const stage of ['early', 'late']) expect((await zone.run('--stage', stage)).status).toBe(0);
    const kept = zone.text('var/lib/lx-agent/report-early.json');
    const nowhere = ['--root', zone.root, '--socket', '/nonexistent/socket'];
    await zone.call(['run', ...nowhere]);
    await zone.run();
    expect(zone.text('var/lib/lx-agent/report-early.json')).toBe(kept);
    const status = await zone.call(['status', '--root', zone.root]);
    expect(status).toMatchObject({ status: 0, stdout: expect.stringContaining('no metadata') });
    const shown = await zone.call(['doctor', '--root', zone.root, '--socket', zone.socketPath]);
    expect(shown.stdout).toContain('the early stage went well');
    expect(shown.stdout).not.toContain('had no metadata');
  });

  it('a failed run of named steps is on record, and in the exit status of status', async () => {
    const zone = await openZone();
    await zone.run('--stage', 'early');
    await zone.run('--stage', 'late');
    rmSync(join(zone.root, 'etc/hostname'));
    mkdirSync(join(zone.root, 'etc/hostname'));
    expect((await zone.run('hostname')).status).toBe(1);
    const { status, stdout } = await zone.call(['status', '--root', zone.root]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^ {2}x [0-9: -]+ UTC +hostname /m);
    expect(stdout).toContain('/etc/hostname');
  });
});

describe('a file that somebody edited', () => {
  it('is kept, and the run says so; forced, it is taken over and backed up', async () => {
    const zone = await openZone();
    await zone.run();
    writeFileSync(join(zone.root, 'etc/resolv.conf'), 'nameserver 127.0.0.1\n');
    zone.server.metadata.set('sdc:resolvers', ['192.0.2.99']);
    const kept = await zone.run();
    expect(kept).toMatchObject({ status: 0, stdout: expect.stringContaining('edited by hand') });
    expect(zone.text('etc/resolv.conf')).toBe('nameserver 127.0.0.1\n');
    expect((await zone.run('--force')).status).toBe(0);
    expect(zone.text('etc/resolv.conf')).toContain('nameserver 192.0.2.99\n');
    const [backup] = readdirSync(join(zone.root, 'var/lib/lx-agent/backup'));
    expect(zone.text(`var/lib/lx-agent/backup/${backup}`)).toBe('nameserver 127.0.0.1\n');
  });

  it('follows the metadata all the same where it is to be maintained', async () => {
    const zone = await openZone({ ...web, 'sdc:maintain_resolvers': 'true' });
    await zone.run();
    writeFileSync(join(zone.root, 'etc/resolv.conf'), 'nameserver 127.0.0.1\n');
    await zone.run();
    expect(zone.text('etc/resolv.conf')).toContain('nameserver 192.0.2.53\n');
  });
});

describe('a clone', () => {
  it('stays one while its keys could not be made, whatever its late stage does', async () => {
    const zone = await openZone(web, {
      tree: { '/etc/ssh/sshd_config': 'HostKey /etc/ssh/ssh_host_ed25519_key\n', '/usr/bin/ssh-keygen': '' },
    });
    const keygen = join(zone.root, 'usr/bin/ssh-keygen');
    for (const program of [join(zone.root, 'usr/sbin/sshd'), keygen]) chmodSync(program, 0o755);
    const first = await zone.run();
    if (!hasAccount()) {
      expect(first).toMatchObject({ status: 1, stdout: expect.stringContaining('No user exists for uid') });
      return;
    }
    const shared = zone.text('etc/ssh/ssh_host_ed25519_key');

    zone.server.metadata.set('sdc:uuid', 'c10ec10e-9d3a-4c57-8f0e-2a7d5b9c1e40');
    chmodSync(keygen, 0o644);
    expect((await zone.run('--stage', 'early')).status).toBe(1);
    expect((await zone.run('--stage', 'late')).status).toBe(0);
    chmodSync(keygen, 0o755);
    expect((await zone.run('--stage', 'early')).status).toBe(0);
    expect(zone.text('etc/ssh/ssh_host_ed25519_key')).not.toBe(shared);
  });

  it('gets an id and host keys of its own, once', async () => {
    const zone = await openZone(web, {
      tree: {
        '/etc/machine-id': '0123456789abcdef0123456789abcdef\n',
        '/etc/ssh/sshd_config': 'HostKey /etc/ssh/ssh_host_ed25519_key\n',
        '/usr/bin/ssh-keygen': '',
      },
    });
    // Without an account ssh-keygen makes no keys: then the image has no sshd, and the id alone is looked at.
    const programs = hasAccount() ? ['usr/sbin/sshd', 'usr/bin/ssh-keygen'] : [];
    const keys = hasAccount() ? ['etc/ssh/ssh_host_ed25519_key', 'etc/ssh/ssh_host_ed25519_key.pub'] : [];
    for (const program of programs) chmodSync(join(zone.root, program), 0o755);
    const identity = () => ['etc/machine-id', ...keys].map(zone.text);
    expect(await report(zone)).toMatchObject({ exit: 0 });
    const original = identity();
    await zone.run();
    expect(identity()).toEqual(original);

    zone.server.metadata.set('sdc:uuid', 'c10ec10e-9d3a-4c57-8f0e-2a7d5b9c1e40');
    zone.server.metadata.delete('user-script');
    expect(await report(zone)).toMatchObject({ exit: 0 });
    const clone = identity();
    for (const [index, value] of clone.entries()) expect(value).not.toBe(original[index]);
    expect(zone.tree()).not.toHaveProperty('/var/svc/mdata-user-script');
    await zone.run();
    expect(identity()).toEqual(clone);

    // Metadata that could not be read, or holds no id, makes nothing anew.
    for (const uuid of ['nonsense', '']) {
      zone.server.metadata.set('sdc:uuid', uuid);
      await zone.run();
      expect(identity()).toEqual(clone);
    }
  });
});

describe('a secret', () => {
  it('is in its own file and nowhere else: not said, not reported, not recorded, not logged', async () => {
    const secret = 'hunter2-of-this-instance';
    const zone = await openZone({
      ...web,
      root_pw: secret,
      'user-data': secret,
      'user-script': `#!/bin/sh\nTOKEN=${secret}\n`,
      'sdc:operator-script': `TOKEN=${secret}`,
    });
    const endings = [
      await zone.run('--dry-run'),
      await zone.run(),
      await zone.run('--force', '--json'),
      await zone.call(['status', '--json', '--root', zone.root]),
      await zone.call(['doctor', '--root', zone.root, '--socket', zone.socketPath]),
      await zone.call(['timeline', '--root', zone.root]),
    ];
    for (const { stdout, stderr } of endings) expect(stdout + stderr).not.toContain(secret);
    const holders = Object.entries(snapshot(zone.root)).filter(([, what]) => what.includes(secret));
    expect(holders.map(([path, what]) => `${what.split(' ', 2).join(' ')} ${path}`)).toEqual([
      'file 600 /var/db/mdata-user-data',
      'file 700 /var/svc/mdata-operator-script',
      'file 700 /var/svc/mdata-user-script',
    ]);
  });
});

describe('the exit status', () => {
  it('is 1 when a step failed, and the others were done', async () => {
    const zone = await openZone(web, {
      tree: { '/etc/NetworkManager/conf.d/90-lx-agent-dns.conf/in-it': '' },
    });
    const { status, stdout } = await zone.run();
    expect(status).toBe(1);
    expect(stdout).toContain('/etc/NetworkManager/conf.d/90-lx-agent-dns.conf');
    expect(zone.text('etc/resolv.conf')).toContain('nameserver 192.0.2.53\n');
    expect(zone.text('var/db/mdata-user-data')).toBe('color=blue\n');
  });

  it('is 2 without metadata, and 3 for wrong arguments', async () => {
    const zone = await openZone();
    const nowhere = await zone.call(['run', '--root', zone.root, '--socket', '/nonexistent/socket']);
    expect(nowhere).toMatchObject({ status: 2 });
    expect(nowhere.stdout + nowhere.stderr).toContain('/nonexistent/socket');
    expect(await zone.call(['run', '--no-such-option'])).toMatchObject({ status: 3, stdout: '' });
    expect(await zone.call(['no-such-command'])).toMatchObject({ status: 3, stdout: '' });
  });

  it('is 2 without metadata also where a step failed, and the instance is no other one until its keys are made', async () => {
    const zone = await openZone(web, {
      tree: { '/etc/ssh/sshd_config': 'HostKey /etc/ssh/ssh_host_ed25519_key\n', '/usr/sbin/sshd': '' },
    });
    chmodSync(join(zone.root, 'usr/sbin/sshd'), 0o755);
    // There is no ssh-keygen.
    const nowhere = await zone.call(['run', '--root', zone.root, '--socket', '/nonexistent/socket']);
    expect(nowhere).toMatchObject({ status: 2, stdout: expect.stringMatching(/x ssh-host-keys +failed/) });
    const recorded = () => JSON.parse(zone.text('var/lib/lx-agent/state.json')).instance;
    expect((await zone.run()).status).toBe(1);
    expect(recorded()).toBeUndefined();
    rmSync(join(zone.root, 'usr/sbin/sshd'));
    expect((await zone.run()).status).toBe(0);
    expect(recorded()).toBe(web['sdc:uuid']);
  });

  it('is 0 outside an lx zone, with the reason', async () => {
    const zone = await openZone();
    expect(await zone.call(['run', '--dry-run'])).toEqual({
      status: 0,
      stdout: '',
      stderr: expect.stringMatching(/^lx-agent: not an lx zone: .*\n$/),
    });
  });
});

describe('the environment', () => {
  it('has no say in how Node.js starts', async () => {
    const zone = await openZone();
    writeFileSync(join(zone.root, 'evil.cjs'), 'console.log("evil"); process.exit(42)');
    const evil = `--require=${join(zone.root, 'evil.cjs')}`;
    // Where there is no such variable, OpenSSL reads the file in /etc/ssl, which an instance's owner may have spoilt.
    const spoilt = join(zone.root, 'openssl.cnf');
    writeFileSync(spoilt, 'nodejs_conf = x\n[x\n');
    for (const environment of [
      { NODE_OPTIONS: evil },
      { NODE_OPTIONS: '--no-such-option' },
      {
        NODE_EXTRA_CA_CERTS: '/nonexistent',
        NODE_PATH: zone.root,
        NODE_DEBUG: 'net,fs,module',
      },
      {
        SEA_NODE_OPTIONS: evil,
        PKG_EXECPATH: 'PKG_INVOKE_NODEJS',
      },
      { OPENSSL_CONF: spoilt },
    ] as const) {
      const ended = await zone.call(['--version'], { environment });
      expect({ environment, ...ended }).toMatchObject({
        status: 0,
        stderr: '',
        stdout: expect.stringMatching(/^lx-agent \S+( \(.*\))?\n$/),
      });
    }
  });

  it('gets no colour where none is wanted, and plain text in a pipe', async () => {
    const zone = await openZone();
    for (const environment of [{ TERM: 'xterm' }, { NO_COLOR: '1', FORCE_COLOR: '3' }] as const) {
      const { stdout } = await zone.call(
        ['run', '--dry-run', '--root', zone.root, '--socket', zone.socketPath],
        {
          environment,
        },
      );
      expect(stdout).not.toContain('\u001b');
    }
  });
});
