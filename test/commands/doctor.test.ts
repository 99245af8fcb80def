import { chmodSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apply } from '../../agent/change/apply.ts';
import { settle } from '../../agent/change/settle.ts';
import { parseArguments } from '../../agent/commands/arguments.ts';
import { run } from '../../agent/commands/doctor.ts';
import { renderFindings } from '../../agent/commands/doctor-text.ts';
import { run as runSteps } from '../../agent/commands/run.ts';
import { checkLastBoot, checkLastRun } from '../../agent/doctor/last-boot.ts';
import { checkMetadata } from '../../agent/doctor/metadata.ts';
import { checkPending } from '../../agent/doctor/pending.ts';
import { checkZone } from '../../agent/doctor/zone.ts';
import { unitChanges } from '../../agent/image/units.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { capturedIo } from '../support/captured-io.ts';
import { type Faults, startMetadataServer } from '../support/metadata-server.ts';
import { plant, type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { firstBoot, lateBoot, muteBoot } from './sample-reports.ts';

const metadata = {
  'sdc:uuid': '7f3b2a10-93c4-4f0e-8c1d-5a6b7c8d9e0f',
  'sdc:hostname': 'web-1',
  'sdc:resolvers': ['192.0.2.53'],
  'sdc:nics': [{ interface: 'net0', mac: '02:08:20:aa:bb:01', ips: ['192.0.2.10/24'], primary: true }],
};

const findingSchema = v.object({
  status: v.picklist(['ok', 'note', 'wrong']),
  subject: v.picklist([
    'zone',
    'metadata',
    'keys',
    'config',
    'files',
    'resolvers',
    'unit',
    'last boot',
    'last run',
    'records',
    'others',
    'services',
    'network',
    'a run',
  ]),
  text: v.string(),
  remedy: v.exactOptional(v.string()),
});

/** A Debian-like root in which the agent is installed and has run, and its metadata server. */
async function instance(
  given: { tree?: Tree; metadata?: object; later?: Record<string, unknown>; faults?: Faults } = {},
) {
  const root = temporaryRoot({
    'etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    'sbin/init': '-> /lib/systemd/systemd',
    'var/svc': null,
    'var/log': null,
  });
  const opened = openRoot(root);
  for (const settled of settle(unitChanges(opened, 'systemd'), opened, emptyState))
    if (settled.result === 'wanted') await apply(settled, opened);
  const socketPath = join(temporaryRoot(), 'metadata.sock');
  const server = await startMetadataServer({
    socketPath,
    metadata: { ...metadata, ...given.metadata },
    ...(given.faults === undefined ? {} : { faults: given.faults }),
  });
  onTestFinished(() => server.close());
  const invocation = (...words: string[]) =>
    parseArguments([...words, '--root', root, '--socket', socketPath]);
  await runSteps(invocation('run'), capturedIo());
  plant(root, given.tree ?? {});
  for (const [key, value] of Object.entries(given.later ?? {})) server.metadata.set(key, value);
  const doctor = async () => {
    const io = capturedIo();
    const exit = await run({ ...invocation('doctor'), flags: new Set(['json']) }, io);
    // Paths of this test give way before lines are broken, for they may be of any length.
    const text = io.said.stdout.replaceAll(socketPath, '/SOCKET').replaceAll(root, '/ROOT');
    const { findings } = v.parse(v.object({ findings: v.array(findingSchema) }), JSON.parse(text));
    const shown = renderFindings(findings, { colour: false, unicode: false });
    return `${shown.replace(/in \d+ ms/, 'in 3 ms')}exit ${exit}\n`;
  };
  return { root, socketPath, invocation, doctor };
}

describe('lx-agent doctor names the fault and the remedy', () => {
  it('where nothing is wrong', async () => {
    const { doctor } = await instance();
    await expect(await doctor()).toMatchFileSnapshot('golden/doctor-well.txt');
  });

  it('where there is no socket', async () => {
    const { doctor, socketPath } = await instance();
    rmSync(socketPath);
    await expect(await doctor()).toMatchFileSnapshot('golden/doctor-no-socket.txt');
  });

  it('where NICs and other keys are invalid', async () => {
    const { doctor } = await instance({
      metadata: {
        'sdc:nics': '[{',
        'sdc:resolvers': ['192.0.2.53', 'not an address'],
        hostname: 'two words',
      },
    });
    await expect(await doctor()).toMatchFileSnapshot('golden/doctor-invalid.txt');
  });

  it('where resolv.conf was edited and the host name changed', async () => {
    const { root, doctor } = await instance();
    writeFileSync(join(root, 'etc/resolv.conf'), 'nameserver 198.51.100.1\n');
    rmSync(join(root, 'etc/hostname'));
    await expect(await doctor()).toMatchFileSnapshot('golden/doctor-edited.txt');
  });

  it('where the configuration is misspelt, the resolvers are gone, and others configure the interface', async () => {
    const { root, doctor } = await instance({
      tree: {
        'sbin/ifup': '',
        'etc/lx-agent.ini': '[early]\nmetadata_dedline = 5\n[steps]\nhostnme = off\nuser-data = off\n',
        'etc/network/interfaces.d/50-cloud-init': 'auto eth0\niface eth0 inet dhcp\n',
        'etc/systemd/system/multi-user.target.wants/connman.service':
          '-> /lib/systemd/system/connman.service',
      },
      later: { 'sdc:resolvers': [] },
    });
    expect(readFileSync(join(root, 'etc/resolv.conf'), 'utf8')).toContain('192.0.2.53');
    await expect(await doctor()).toMatchFileSnapshot('golden/doctor-causes.txt');
  });

  it('where the unit is disabled', async () => {
    const { root, doctor } = await instance();
    rmSync(join(root, 'etc/systemd/system/multi-user.target.wants/lx-agent-late.service'));
    await expect(await doctor()).toMatchFileSnapshot('golden/doctor-disabled.txt');
  });

  it('where the unit is masked', async () => {
    const { root, doctor } = await instance();
    symlinkSync('/dev/null', join(root, 'etc/systemd/system/lx-agent-early.service'));
    expect(await doctor()).toContain('lx-agent-early.service is masked');
  });

  it('where the old guest tools, cloud-init and the platform write the same files', async () => {
    const { root, doctor } = await instance({
      tree: {
        'etc/rc.local': '#!/bin/sh\n/lib/smartdc/mdata-fetch\n',
        'usr/bin/cloud-init': '#!/bin/sh\n',
        'etc/network/interfaces': '# AUTOMATIC ZONE CONFIG\n',
      },
    });
    chmodSync(join(root, 'usr/bin/cloud-init'), 0o755);
    await expect(await doctor()).toMatchFileSnapshot('golden/doctor-others.txt');
  });

  it('where the report is none', async () => {
    const { root, doctor } = await instance();
    writeFileSync(join(root, 'var/lib/lx-agent/report-late.json'), 'nonsense');
    await expect(await doctor()).toMatchFileSnapshot('golden/doctor-no-report.txt');
  });

  it('to a person, with the same exit status as to a program', async () => {
    const { root, invocation } = await instance();
    const io = capturedIo();
    expect(await run(invocation('doctor'), io)).toBe(0);
    expect(io.said.stdout).toMatch(/\n\nnothing is wrong\n$/);
    rmSync(join(root, 'etc/hostname'));
    expect(await run(invocation('doctor'), io)).toBe(1);
    expect(io.said.stdout).toMatch(/\n\n1 thing is wrong\n$/);
  });

  it('and changes nothing', async () => {
    const { root, doctor } = await instance();
    const report = join(root, 'var/lib/lx-agent/report-early.json');
    const before = readFileSync(report);
    rmSync(join(root, 'etc/hostname'));
    await doctor();
    expect(readFileSync(report)).toEqual(before);
    expect(openRoot(root).entry('/etc/hostname')).toBeUndefined();
  });
});

describe('what the doctor says', () => {
  it('of a mute server', async () => {
    const socketPath = join(temporaryRoot(), 'metadata.sock');
    const server = await startMetadataServer({ socketPath, metadata, faults: { mute: true } });
    onTestFinished(() => server.close());
    const { findings } = await checkMetadata(socketPath, 0.2);
    expect(findings).toMatchObject([
      { status: 'wrong', subject: 'metadata', remedy: expect.stringContaining('svcadm restart metadata') },
    ]);
  });

  it('of a machine that is no zone, and of one whose /native is missing', () => {
    expect(checkZone({ kernel: '#1 SMP Debian 6.1', reason: 'not an lx zone' })).toMatchObject({
      status: 'wrong',
    });
    expect(checkZone({ kernel: 'BrandZ virtual linux', reason: 'not an lx zone' }).text).toContain(
      '/native is not mounted',
    );
    expect(checkZone({ kernel: 'BrandZ virtual linux', reason: undefined })).toMatchObject({ status: 'ok' });
  });

  it('of the last boot', () => {
    expect(checkLastBoot('late', lateBoot, lateBoot.boot)).toMatchObject({
      status: 'wrong',
      text: 'in the late stage failed: user-script',
    });
    expect(checkLastBoot('early', firstBoot, 'another boot').text).toContain('did not run in this boot');
    expect(checkLastBoot('early', muteBoot, undefined).text).toBe('the early stage had no metadata');
  });

  it('of the last boot, what a run by hand has put right since then, or has not', () => {
    const { boot } = lateBoot;
    const script = (result: 'changed' | 'failed') => ({
      ...lateBoot,
      named: ['user-script'],
      exit: result === 'failed' ? 1 : 0,
      steps: lateBoot.steps.map((step) => ({ ...step, result })),
    });
    expect(checkLastBoot('late', lateBoot, boot, [script('failed')])).toMatchObject({ status: 'wrong' });
    expect(checkLastBoot('late', lateBoot, boot, [script('changed'), script('failed')])).toMatchObject({
      status: 'note',
      text: expect.stringContaining('a run by hand at 2026-11-23T02:09:25.002Z did it'),
    });
    expect(checkLastBoot('early', muteBoot, undefined, [firstBoot])).toMatchObject({ status: 'note' });
    expect(checkLastBoot('early', muteBoot, undefined, [script('changed')])).toMatchObject({
      status: 'wrong',
    });
    expect(checkLastRun([])).toEqual([]);
    expect(checkLastRun([script('failed')])).toMatchObject([
      { status: 'wrong', text: 'lx-agent run user-script, at 2026-11-23T02:09:25.002Z, failed: user-script' },
    ]);
    expect(checkLastRun([muteBoot])).toMatchObject([{ status: 'note' }]);
  });

  it('of a run: on a root that is not running, programs are no change that is left to do', () => {
    const only = {
      steps: lateBoot.steps.map((step) => ({
        ...step,
        result: 'listed' as const,
        changes: step.changes.map((change) => ({ ...change, result: 'listed' as const })),
      })),
    };
    expect(checkPending(only, false)).toMatchObject([{ status: 'ok' }]);
    expect(checkPending(only, true)).toMatchObject([{ status: 'wrong' }]);
  });

  it('fits 80 columns', () => {
    const text = renderFindings(
      [
        {
          status: 'wrong',
          subject: 'last boot',
          text: `${'x'.repeat(200)} \u001b`,
          remedy: 'y '.repeat(100),
        },
      ],
      { colour: false, unicode: false },
    );
    for (const line of text.split('\n')) expect(line).toMatch(/^[ -~]{0,80}$/);
  });
});
