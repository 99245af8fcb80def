import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { changesFolder, onRoot } from './image-root.ts';
import { instance } from './instance.ts';
import { zoneCalls } from './zone/calls.ts';

/** The instance of the boot tests, with data and a script that asks the agent itself. */
const metadata = {
  ...instance,
  'user-data': 'the data',
  'user-script': '#!/bin/sh\necho "data: $(cat /var/db/mdata-user-data)"\nlx-agent status\n',
  'sdc:operator-script': 'echo operator >/var/log/operator-was-here\n',
};

/** First the whole run, then the early stage again under strace; in namespaces of their own, by a zone's system calls. */
const script = `
root=$1
trap 'umount -l "$root/dev" "$root/proc" "$root/native/.zonecontrol"' EXIT
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mkdir -p "$root/native/usr/sbin" "$root/native/.zonecontrol" "$root/run/sshd"
mount --bind "$SOCKETS" "$root/native/.zonecontrol"
"$AGENT" image install --root "$root"
for program in usr/sbin/sshd usr/bin/ssh-keygen; do mv "$root/$program.real" "$root/$program"; done
: >"$root/var/svc/provisioning"
unshare --uts --net --ipc $ZONE sh -euc '
  root=$1
  chroot "$root" /usr/bin/lx-agent run --json >"$OUT/first.json"
  hostname >"$OUT/hostname"
  chroot "$root" /usr/sbin/sshd -t
  strace -f -o "$OUT/trace" -e trace=%file,execveat,connect \\
    chroot "$root" /usr/bin/lx-agent run --stage early --json >"$OUT/second.json"
' sh "$root"
`;

describe('a Debian root, by chroot, from the metadata socket to a finished instance', () => {
  let out: string;
  let changes: string;
  let stopServer: () => void;
  const made = (path: string) => readFileSync(join(changes, path), 'utf8');
  const mode = (path: string) => statSync(join(changes, path)).mode & 0o777;

  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'lx-agent-acceptance-'));
    const sockets = join(out, 'sockets');
    mkdirSync(sockets);
    writeFileSync(join(out, 'metadata.json'), JSON.stringify(metadata));
    const cli = join(import.meta.dirname, '../support/metadata-server-cli.ts');
    const server = spawn(process.execPath, [
      cli,
      join(out, 'metadata.json'),
      '--socket',
      join(sockets, 'metadata.sock'),
    ]);
    stopServer = () => server.kill();
    await new Promise((resolve) => server.stdout.once('data', resolve));
    changes = changesFolder(afterAll);
    const zone = await zoneCalls();
    onRoot(['systemd', 'base'], changes, script, {
      AGENT: agentBinary,
      SOCKETS: sockets,
      OUT: out,
      ZONE: zone.argv.join(' '),
    });
    await zone.end();
  });
  afterAll(() => {
    stopServer();
    rmSync(out, { recursive: true, force: true });
  });

  it('has the name, resolvers and network files of its metadata', () => {
    expect(readFileSync(join(out, 'hostname'), 'utf8')).toBe('web-1\n');
    expect(made('etc/hostname')).toBe('web-1\n');
    expect(made('etc/hosts')).toMatch(/^127\.0\.1\.1\s+web-1\.example\.net web-1$/m);
    expect(made('etc/resolv.conf')).toContain('nameserver 192.0.2.53\nnameserver 192.0.2.54\n');
    expect(made('etc/resolv.conf')).toContain('search example.net\n');
    expect(made('etc/network/interfaces.d/lx-agent')).toMatch(/^iface eth0 inet (manual|static)$/m);
  });

  it('has keys that sshd takes, and lets its operator in', () => {
    for (const type of ['rsa', 'ecdsa', 'ed25519']) {
      expect(made(`etc/ssh/ssh_host_${type}_key`)).toContain('OPENSSH PRIVATE KEY');
      expect(mode(`etc/ssh/ssh_host_${type}_key`)).toBe(0o600);
    }
    expect(made('root/.ssh/authorized_keys').trim()).toBe(metadata.root_authorized_keys);
    expect(mode('root/.ssh')).toBe(0o700);
  });

  it('has its data where other software expects it, and ran its scripts', () => {
    expect(made('var/db/mdata-user-data')).toBe('the data');
    expect(mode('var/db/mdata-user-data')).toBe(0o600);
    expect(made('var/svc/mdata-user-script')).toBe(metadata['user-script']);
    expect(mode('var/svc/mdata-user-script')).toBe(0o700);
    expect(made('var/log/operator-was-here')).toBe('operator\n');
    expect(made('var/log/mdata-user-script.log')).toContain('data: the data');
    expect(made('var/log/mdata-user-script.log')).toContain('web-1');
  });

  it('tells the host that it is provisioned', () => {
    expect(made('var/svc/provision_success')).toBe('');
    expect(() => statSync(join(changes, 'var/svc/provisioning'))).toThrow('ENOENT');
  });

  it('changes nothing the second time, starts no process, and writes nothing but its report', () => {
    const { steps, exit, metadata: talk } = JSON.parse(readFileSync(join(out, 'second.json'), 'utf8'));
    expect(exit).toBe(0);
    expect(
      steps.filter(({ result }: { result: string }) => !['unchanged', 'skipped'].includes(result)),
    ).toEqual([]);
    expect(talk.writes).toBeLessThanOrEqual(3);

    const calls = readFileSync(join(out, 'trace'), 'utf8').split('\n');
    const own = calls.findIndex((call) => call.includes('execve("/usr/bin/lx-agent"'));
    const after = calls.slice(own + 1);
    expect(after.filter((call) => call.includes('execve('))).toEqual([]);
    // One temporary file, which becomes the report.
    const opened = after.filter(
      (call) => /O_WRONLY|O_RDWR|O_CREAT/.test(call) && !/"\/(dev\/null"|proc\/self\/)/.test(call),
    );
    expect(opened).toEqual([expect.stringMatching(/"\/var\/lib\/lx-agent\/[^/"]+"/)]);
    const altered = after.filter((call) =>
      /\b(rename|unlink|rmdir|mkdir|symlink|link|creat|truncate|chmod|chown|lchown|utime|mknod)\w*\(/.test(
        call,
      ),
    );
    expect(altered).toEqual([expect.stringMatching(/"\/var\/lib\/lx-agent\/report-early\.json"\) = 0$/)]);
    expect(after.filter((call) => call.includes('connect('))).toHaveLength(1);
  });
});
