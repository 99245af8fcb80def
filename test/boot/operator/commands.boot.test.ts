import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportSchema } from '../../../agent/report/schema.ts';
import { agentBinary } from '../../support/built.ts';
import { type MetadataServer, startMetadataServer } from '../../support/metadata-server.ts';
import { boot, type Guest, newDisk } from '../guest.ts';
import { lowerLayers, runFolder } from '../installed.ts';
import { instance } from '../instance.ts';
import { startNameServers } from '../name-servers.ts';
import { rootNamed } from '../roots.ts';

// What an operator meets: the built program in a booted root that was prepared, well and in trouble. Each case breaks
// something, and mends it again.

const root = rootNamed('systemd');
const disk = newDisk();
const folder = mkdtempSync(join(runFolder, 'boots', 'operator-'));
const socketPath = join(folder, 'metadata.sock');
const metadata = {
  ...instance,
  'user-script':
    '#!/bin/sh\n/usr/lib/boot-test/record user-script begin\nno-such-program --password=hunter2\nexit 3\n',
};
let server: MetadataServer;
let guest: Guest;
let nameServers: Awaited<ReturnType<typeof startNameServers>>;

beforeAll(async () => {
  const files = join(disk.folder, 'files');
  mkdirSync(files, { mode: 0o755 });
  execFileSync(
    join(import.meta.dirname, '../install.sh'),
    [lowerLayers(root, 'recorded').join(':'), files, agentBinary, 'image', 'prepare', '--root'],
    { stdio: 'pipe' },
  );
  server = await startMetadataServer({ socketPath, metadata });
  guest = await boot(root, { disk, metadata: folder });
  nameServers = await startNameServers(guest, ['192.0.2.53', '192.0.2.54']);
  await guest.waitFor('user-script', 'begin');
  await guest.waitFor('sshd', 'begin');
  await guest.waitFor('late', 'end:1');
});
afterAll(async () => {
  await nameServers.end();
  await guest.end(['/sbin/shutdown', '-h', 'now']);
  await server.close();
  disk.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** What a command says on both streams, and its exit status; what differs from run to run is made the same. */
async function said(command: string, environment = 'LANG=C'): Promise<string> {
  const text = await guest.run('sh', '-c', `env ${environment} ${command} 2>&1; echo "exit $?"`);
  return text
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+(Z| UTC)/g, 'DATE TIME')
    .replaceAll(/ +\d+(\.\d)? (ms|s|min \d+ s)$/gm, '  TIME')
    .replaceAll(/(in|after|\() ?\d+(\.\d)? (ms|s)/g, '$1 TIME')
    .replaceAll(/lx-agent \d\S* \(\S+\)/g, 'lx-agent VERSION')
    .replaceAll(/\(kernel: .*?\)/gs, '(kernel: …)');
}

const inGuest = (script: string) => guest.run('sh', '-c', script);

describe('in a booted root', () => {
  it('status shows the boot, and the user-script that failed, without a word of the script', async () => {
    const text = await said('lx-agent status');
    expect(text).not.toContain('hunter2');
    await expect(text).toMatchFileSnapshot('golden/status-failed-script.txt');
  });

  it('status --json is what its schema says it is', async () => {
    const status: unknown = JSON.parse(await guest.run('sh', '-c', 'lx-agent status --json; true'));
    const { early, late } = v.parse(v.object({ early: reportSchema, late: reportSchema }), status);
    expect([early.exit, late.exit]).toEqual([0, 1]);
  });

  it('the timeline has stages and units on one axis, and the chain of units goes through the agent', async () => {
    const { tracks } = v.parse(
      v.object({ tracks: v.array(v.object({ title: v.string(), offset: v.number() })) }),
      JSON.parse(await inGuest('lx-agent timeline --json')),
    );
    expect(tracks.map(({ title }) => title.split(',')[0])).toEqual(['early stage', 'late stage', 'units']);
    // The units began first: the axis begins with them.
    expect(tracks.map(({ offset }) => offset > 0)).toEqual([true, true, false]);
    const { chains } = v.parse(
      v.object({ chains: v.array(v.array(v.object({ name: v.string() }))) }),
      JSON.parse(await inGuest('lx-agent timeline --chain --json')),
    );
    expect(chains.flat().map(({ name }) => name)).toContain('lx-agent-early.service');
    expect(await inGuest('lx-agent timeline --blame')).toContain('lx-agent-early.service');
  });

  it('explain knows whose file it is, and history has the boot', async () => {
    expect(await inGuest('lx-agent explain /etc/hostname')).toContain("the agent's: it is as");
    const { runs } = v.parse(
      v.object({ runs: v.array(v.object({ kind: v.string(), stages: v.array(v.string()) })) }),
      JSON.parse(await inGuest('lx-agent history --json')),
    );
    expect(runs.map(({ kind, stages }) => `${kind} ${stages.join()}`)).toEqual(['boot late', 'boot early']);
  });

  it('the journal has the failure as an error, and nothing of the script', async () => {
    await guest.run('journalctl', '--sync');
    const lines = await guest.run(
      'journalctl',
      '--no-pager',
      '--output=cat',
      '--priority=3',
      '--unit=lx-agent-late',
    );
    expect(lines).toContain('user-script: failed; ');
    expect(await guest.run('journalctl', '--no-pager')).not.toContain('hunter2');
    const log = await guest.run('cat', '/var/log/lx-agent.log');
    expect(log).toMatch(/^\S+Z error user-script: failed; /m);
    expect(log).not.toContain('hunter2');
  });

  it('timeline has the units beside the stages', async () => {
    const text = await guest.run('lx-agent', 'timeline');
    await guest.run('lx-agent', 'timeline', '--svg', '/var/log/boot-test/timeline.svg');
    expect(await guest.run('cat', '/var/log/boot-test/timeline.svg')).toMatch(
      /^<svg .*ssh.service.*<\/svg>\n$/s,
    );
    for (const name of ['early stage', 'late stage', 'connect', 'lx-agent-early.service', 'ssh.service'])
      expect(text).toContain(name);
  });

  it('doctor names the script that failed and nothing of the agent', async () => {
    await expect(await said('lx-agent doctor')).toMatchFileSnapshot('golden/doctor-failed-script.txt');
  });

  it('colours and signs are as the terminal and the locale can show', async () => {
    const inTerminal = (environment: string) =>
      guest.run('sh', '-c', `env TERM=xterm ${environment} script -qc 'lx-agent status' /dev/null || true`);
    expect(await inTerminal('LANG=C.UTF-8')).toMatch(/\u001b\[3\dm.*✗/s);
    expect(await inTerminal('LANG=C')).not.toMatch(/[^\u0000-\u007f]/);
    expect(await inTerminal('NO_COLOR=1')).not.toContain('\u001b[');
    expect(await inTerminal('TERM=dumb')).not.toContain('\u001b[');
    expect(await said('lx-agent status', 'LANG=C.UTF-8 TERM=xterm')).not.toContain('\u001b');
  });
});

describe('in trouble, what is said names the fault and the remedy', () => {
  it('no socket', async () => {
    await server.close();
    await expect(await said('lx-agent doctor')).toMatchFileSnapshot('golden/doctor-no-socket.txt');
    await expect(await said('lx-agent metadata get --deadline 1 sdc:uuid')).toMatchFileSnapshot(
      'golden/metadata-no-socket.txt',
    );
    server = await startMetadataServer({ socketPath, metadata });
  });

  it('a mute server', async () => {
    await server.close();
    server = await startMetadataServer({ socketPath, metadata, faults: { mute: true } });
    await expect(await said('lx-agent doctor')).toMatchFileSnapshot('golden/doctor-mute.txt');
    await server.close();
    server = await startMetadataServer({ socketPath, metadata });
  });

  it('invalid NICs', async () => {
    server.metadata.set('sdc:nics', '[{"interface": "net0", "mac": "zz", "ips": ["192.0.2.300/24"]}]');
    await expect(await said('lx-agent run --dry-run network')).toMatchFileSnapshot(
      'golden/run-invalid-nics.txt',
    );
    server.metadata.set('sdc:nics', instance['sdc:nics']);
  });

  it('an edited resolv.conf', async () => {
    await inGuest('cp /etc/resolv.conf /tmp/kept; echo nameserver 198.51.100.1 > /etc/resolv.conf');
    await expect(await said('lx-agent run resolver')).toMatchFileSnapshot('golden/run-edited.txt');
    await inGuest('cat /tmp/kept > /etc/resolv.conf');
  });

  it('a full disk', async () => {
    server.metadata.set('user-data', 'x'.repeat(100_000));
    await inGuest('mkdir -p /var/db; mount -t tmpfs -o size=16k none /var/db');
    await expect(await said('lx-agent run user-data')).toMatchFileSnapshot('golden/run-full-disk.txt');
    await inGuest('umount /var/db');
    server.metadata.delete('user-data');
  });

  it('a read-only root', async () => {
    server.metadata.set('hostname', 'web-2');
    // mount(8) asks for relatime as well, which a zone's kernel refuses: so the machine does it.
    const inMounts = ['--target', String(guest.pid), '--mount', '--root', '--'];
    execFileSync('nsenter', [...inMounts, 'mount', '--bind', '/etc', '/etc']);
    execFileSync('nsenter', [...inMounts, 'mount', '-o', 'remount,ro,bind', '/etc']);
    await expect(await said('lx-agent run hostname')).toMatchFileSnapshot('golden/run-read-only.txt');
    await inGuest('umount /etc');
    server.metadata.delete('hostname');
    await inGuest('lx-agent run hostname');
  });

  it('no ssh-keygen', async () => {
    await inGuest('mkdir /tmp/away; mv /usr/bin/ssh-keygen /tmp/away; mv /etc/ssh/ssh_host_* /tmp/away');
    await expect(await said('lx-agent run ssh-host-keys')).toMatchFileSnapshot(
      'golden/run-no-ssh-keygen.txt',
    );
    await inGuest('mv /tmp/away/ssh-keygen /usr/bin; mv /tmp/away/ssh_host_* /etc/ssh');
  });

  it('a disabled unit', async () => {
    await inGuest('systemctl disable lx-agent-late.service 2>&1');
    await expect(await said('lx-agent doctor')).toMatchFileSnapshot('golden/doctor-disabled.txt');
    await inGuest('systemctl enable lx-agent-late.service 2>&1');
  });

  it('the old guest tools', async () => {
    await inGuest("printf '#!/bin/sh\\n/lib/smartdc/mdata-fetch\\n' > /etc/rc.local");
    await expect(await said('lx-agent doctor')).toMatchFileSnapshot('golden/doctor-guest-tools.txt');
    await inGuest('rm /etc/rc.local');
  });
});
