import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { web } from '../support/instances/web.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { ending, openZone, type Zone } from './zone.ts';

/** `lx-agent boot` on the root of a zone, as from a host that sees the root as a folder. */
function boot(zone: Zone, ...args: string[]) {
  return ending(['boot', '--root', zone.root, '--socket', zone.socketPath, ...args]);
}

/** A root of Debian with systemd, as nobody prepared it. */
const untouched = {
  '/sbin/init': '-> /lib/systemd/systemd',
  '/lib/systemd/systemd': 'ELF',
  '/etc/fstab': 'UUID=1 / ext4 defaults 0 1\n',
  '/var/log/syslog': 'a line of the instance\n',
};
const ownKeys = { '/root/.ssh/authorized_keys': 'ssh-ed25519 AAAA of the instance\n' };

describe('lx-agent boot', () => {
  it('prepares an untouched root, lays down the units and makes the instance itself, in one call', async () => {
    const zone = await openZone(web, { tree: untouched });
    const { status, stderr } = await boot(zone);
    expect(status).toBe(0);
    expect(stderr).toContain('this root has no agent: it was prepared');
    expect(zone.text('/etc/hostname')).toBe('web-1\n');
    expect(zone.text('/etc/fstab')).not.toMatch(/^UUID=/m);
    expect(zone.text('/usr/bin/lx-agent')).toContain('agent=/native/usr/lib/lx-agent\n');
    expect(zone.text('/usr/lib/lx-agent/manifest')).toMatch(/^place=\/native\/usr\/lib\/lx-agent$/m);
    expect(existsSync(join(zone.root, 'usr/lib/lx-agent/lx-agent'))).toBe(false);
  });

  it("leaves alone what is the instance's own: keys, logs, and what a builder decides", async () => {
    const zone = await openZone(web, {
      tree: { ...untouched, ...ownKeys, '/etc/ssh/sshd_config': 'Port 22\n' },
    });
    await boot(zone);
    expect(zone.text('/var/log/syslog')).toBe('a line of the instance\n');
    expect(zone.text('/root/.ssh/authorized_keys')).toContain('of the instance');
    expect(zone.text('/etc/ssh/sshd_config')).toBe('Port 22\n');
  });

  it('changes nothing in the second boot but the report', async () => {
    const zone = await openZone(web, { tree: untouched });
    await boot(zone);
    const after = zone.tree();
    const { stderr } = await boot(zone);
    expect(stderr).toBe('');
    expect(zone.tree()).toEqual(after);
  });

  it('shows what it would do and does none of it with --dry-run', async () => {
    const zone = await openZone(web, { tree: untouched });
    const before = snapshot(zone.root);
    const { stdout } = await boot(zone, '--dry-run');
    expect(stdout).toMatch(/^lay down, then early stage: this root has no agent$/m);
    expect(stdout).toContain('+++ b/usr/bin/lx-agent');
    expect(snapshot(zone.root)).toEqual(before);
  });

  it('leaves an image alone that brings the same agent', async () => {
    const zone = await openZone(web, { tree: untouched });
    await zone.call(['image', 'install', '--root', zone.root, '--runtime', 'system']);
    const before = snapshot(zone.root);
    const { stderr, status } = await boot(zone);
    expect(status).toBe(0);
    expect(stderr).toContain('the image brings its own agent');
    expect(snapshot(zone.root)).toEqual(before);
  });

  it('does the early stage for an image with an older agent, and leaves that in place', async () => {
    const manifest = 'agent=0.0.1 (old)\n';
    const zone = await openZone(web, { tree: { ...untouched, '/usr/lib/lx-agent/manifest': manifest } });
    await boot(zone);
    expect(zone.text('/etc/hostname')).toBe('web-1\n');
    expect(zone.text('/usr/lib/lx-agent/manifest')).toBe(manifest);
    expect(existsSync(join(zone.root, 'usr/bin/lx-agent'))).toBe(false);
  });

  it.each([
    ['the file /etc/lx-agent/off', web, { ...untouched, '/etc/lx-agent/off': '' }],
    ['the metadata key lx-agent:boot', { ...web, 'lx-agent:boot': 'off' }, untouched],
    ['a root without an init system', web, { '/bin/app': 'ELF' }],
  ])('is kept away by %s', async (_what, metadata, tree) => {
    const zone = await openZone(metadata, { tree });
    const before = snapshot(zone.root);
    expect((await boot(zone)).status).toBe(0);
    expect(snapshot(zone.root)).toEqual(before);
  });

  it('is undone by image uninstall, but for what preparing did', async () => {
    const zone = await openZone(web, { tree: untouched });
    await boot(zone);
    const { status } = await zone.call(['image', 'uninstall', '--root', zone.root]);
    expect(status).toBe(0);
    expect(existsSync(join(zone.root, 'usr/bin/lx-agent'))).toBe(false);
    expect(readdirSync(join(zone.root, 'etc/systemd/system')).join()).not.toContain('lx-agent');
  });

  it('ends with 0 where its state cannot be written', async () => {
    const zone = await openZone(web, { tree: { ...untouched, '/var/lib/lx-agent': 'not a folder' } });
    const { status, stderr } = await boot(zone);
    expect(status).toBe(0);
    expect(stderr).toContain('/var/lib/lx-agent');
  });

  it('ends with 0 and goes on with what is there when the metadata server is mute', async () => {
    const zone = await openZone(web, { tree: untouched, faults: { mute: true } });
    zone.tree();
    writeFileSync(join(zone.root, 'etc/lx-agent.ini'), '[early]\nmetadata_deadline = 1\n');
    const { status, stderr } = await boot(zone);
    expect(status).toBe(0);
    expect(stderr).toContain('the metadata could not be read');
  });
});

describe('afterwards', () => {
  it('status, timeline and doctor tell that it was the agent of the platform, and before init', async () => {
    const zone = await openZone(web, { tree: untouched });
    await boot(zone);
    const status = await zone.call(['status', '--root', zone.root]);
    expect(status.stdout).toMatch(/^early stage, before init, /m);
    expect(status.stdout.replaceAll(/\s+/g, ' ')).toContain(` from ${agentBinary}`);
    expect((await zone.call(['timeline', '--root', zone.root])).stdout).toContain('before init');
    const doctor = await zone.call(['doctor', '--root', zone.root, '--socket', zone.socketPath]);
    expect(doctor.stdout).toMatch(
      /the program is the platform's: lx-agent .* in\s+\/native\/usr\/lib\/lx-agent/,
    );
  });
});
