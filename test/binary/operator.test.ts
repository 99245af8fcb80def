import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openZone, type Zone } from './zone.ts';

/** A command of the binary on the zone's root. */
const on = (zone: Zone, line: string) => zone.call([...line.split(' '), '--root', zone.root]);

describe('lx-agent run, called by a script', () => {
  it('tells by its exit status whether something would change', async () => {
    const zone = await openZone();
    expect((await zone.run('--dry-run', '--exit-code')).status).toBe(4);
    expect((await zone.run('--dry-run')).status).toBe(0);
    await zone.run();
    expect((await zone.run('--dry-run', '--exit-code')).status).toBe(0);
    zone.server.metadata.set('hostname', 'web-2');
    const { status, stdout } = await zone.run('--dry-run', '--exit-code', '--json');
    expect({ status, exit: JSON.parse(stdout).exit }).toEqual({ status: 4, exit: 4 });
    expect((await zone.run('--dry-run', '--exit-code', 'user-data')).status).toBe(0);
    expect(await zone.run('--exit-code')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('--exit-code needs --dry-run'),
    });
  });

  it('waits for the metadata no longer than it is told', async () => {
    const zone = await openZone(undefined, { faults: { mute: true } });
    const { status, stdout } = await zone.run('--dry-run', '--exit-code', '--deadline', '0.3', '--json');
    expect(status).toBe(2);
    const { metadata } = JSON.parse(stdout);
    expect(metadata).toMatchObject({ status: 'unavailable' });
    expect(metadata.milliseconds).toBeLessThan(5000);
  });
});

describe('what an operator asks the binary', () => {
  it('names the version in parts', async () => {
    const zone = await openZone();
    const { status, stdout } = await zone.call(['--version', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, agent: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  it('answers a mistyped word with the one that was meant, from a boot’s command and from another', async () => {
    const zone = await openZone();
    expect(await zone.call(['run', 'hostnme'])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('(did you mean hostname?)'),
    });
    const { status, stdout } = await zone.call(['doctor', '--jsn', '--json']);
    expect({ status, error: JSON.parse(stdout).error.suggestion }).toEqual({ status: 3, error: '--json' });
  });

  it('checks a configuration, and the doctor and the report name the same fault', async () => {
    const zone = await openZone(undefined, { tree: { '/etc/lx-agent.ini': '[steps]\nhostnme = off\n' } });
    const fault = '/etc/lx-agent.ini:2: warning: unknown step hostnme';
    expect(await on(zone, 'config check')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(fault),
    });
    expect((await zone.run()).stdout).toContain(fault);
    const doctor = await on(zone, `doctor --socket ${zone.socketPath}`);
    expect(doctor).toMatchObject({ status: 1, stdout: expect.stringContaining(fault) });
    expect(doctor.stdout).toContain('write hostname if');
  });

  it('shows the logs', async () => {
    const zone = await openZone();
    writeFileSync(join(zone.root, 'var/log/mdata-user-script.log'), 'said by the script\n');
    expect(await on(zone, 'logs user-script')).toEqual({
      status: 0,
      stdout: 'said by the script\n',
      stderr: '',
    });
  });

  it('collects an archive that tar reads, without the secrets', async () => {
    const zone = await openZone({
      'sdc:uuid': '7f3b2a10-93c4-4f0e-8c1d-5a6b7c8d9e0f',
      root_pw: 'planted-Pw-1',
    });
    writeFileSync(join(zone.root, 'var/log/lx-agent.log'), 'said planted-Pw-1 aloud\n');
    const archive = join(zone.root, 'support.tar.gz');
    const ended = await on(zone, `collect --socket ${zone.socketPath} -o ${archive}`);
    expect(ended).toMatchObject({ status: 0, stdout: '' });
    expect(execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' })).toContain('lx-agent/doctor.txt\n');
    const content = gunzipSync(readFileSync(archive)).toString('latin1');
    expect(content).toContain('said [masked] aloud');
    expect(content).not.toContain('planted-Pw-1');
    rmSync(archive);
  });

  it('explains a file from the moment it was written until somebody edits it, and has the runs on record', async () => {
    const zone = await openZone();
    const owner = async (path: string) => {
      const { stdout } = await zone.call(['explain', path, '--json', '--root', zone.root]);
      const { owner, steps } = JSON.parse(stdout);
      return { owner, steps: steps.map(({ step }: { step: string }) => step) };
    };
    expect(await zone.call(['explain', '/etc/hostname', '--root', zone.root])).toMatchObject({ status: 1 });
    await zone.run();
    expect(await owner('/etc/hostname')).toEqual({ owner: 'agent', steps: ['hostname'] });
    expect(await owner('/etc/hosts')).toEqual({ owner: 'shared', steps: ['hostname'] });
    expect(await owner('/var/db/mdata-user-data')).toEqual({ owner: 'agent', steps: ['user-data'] });
    writeFileSync(join(zone.root, 'etc/hostname'), 'mine\n');
    await zone.run();
    expect(await owner('/etc/hostname')).toEqual({ owner: 'edited', steps: ['hostname'] });
    const { stdout } = await on(zone, 'history --json');
    expect(JSON.parse(stdout).runs).toMatchObject([{ kind: 'run' }, { kind: 'run' }]);
    expect((await on(zone, 'explain hostnme')).stderr).toContain('(did you mean hostname?)');
  });
});
