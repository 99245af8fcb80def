import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../agent/commands/arguments.ts';
import { run } from '../../agent/commands/config.ts';
import { capturedIo } from '../support/captured-io.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

async function check(...words: string[]) {
  const io = capturedIo();
  const exit = await run(parseArguments(['config', 'check', ...words]), io);
  return { exit, ...io.said };
}

/** The golden files are about the words: paths of this test give way. */
async function shown(root: string, ...words: string[]) {
  const { exit, stdout } = await check('--root', root, '--json', ...words);
  const { findings } = JSON.parse(stdout.replaceAll(root, '/ROOT'));
  const { renderFindings } = await import('../../agent/commands/doctor-text.ts');
  return `${renderFindings(findings, { colour: false, unicode: false })}exit ${exit}\n`;
}

describe('lx-agent config check', () => {
  it('has nothing to say against a file that is right, or none', async () => {
    const root = temporaryRoot();
    expect(await check('--root', root)).toMatchObject({ exit: 0, stderr: '' });
    const right = temporaryRoot({ 'etc/lx-agent.ini': '[early]\nmetadata_deadline = 5\n' });
    expect(await check('--root', right)).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('/etc/lx-agent.ini is correct'),
    });
  });

  it('names each fault with its line, and what was meant', async () => {
    const root = temporaryRoot({
      'etc/lx-agent.ini': [
        '[erly]',
        '[early]',
        'metadata_dedline = 5',
        'metadata_deadline = soon',
        'operator_script_deadline 5',
        '[steps]',
        'hostnme = off',
        'resolver = offf',
        'network',
        'user-data = off',
        '[network]',
        'renderer = networkdd',
        'policy = hands_off',
        '[hooks',
        '',
      ].join('\n'),
    });
    await expect(await shown(root)).toMatchFileSnapshot('golden/config-check-faults.txt');
  });

  it('checks a file before it goes into an image', async () => {
    const folder = temporaryRoot({ 'lx-agent.ini': '[late]\nuser_script_dedline = 5\n' });
    const file = join(folder, 'lx-agent.ini');
    expect(await check(file)).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining('write user_script_deadline if'),
    });
    await expect(check(join(folder, 'none.ini'))).rejects.toThrow('there is no file');
  });

  it('says what is in force, to a program', async () => {
    const root = temporaryRoot({
      'etc/lx-agent.ini': '[steps]\nhostname = off\n[early]\nmetadata_deadline = x\n',
    });
    expect(JSON.parse((await check('--root', root, '--json')).stdout)).toMatchObject({
      version: 1,
      exit: 1,
      file: '/etc/lx-agent.ini',
      configuration: { stepsOff: ['hostname'], early: { metadataDeadline: 15 } },
    });
  });

  it('is not misled by a configuration that is no file, or far too large', async () => {
    expect(await check('--root', temporaryRoot({ 'etc/lx-agent.ini': null }))).toMatchObject({ exit: 1 });
    const large = temporaryRoot({ 'etc/lx-agent.ini': ';'.repeat(100_000) });
    expect(await check('--root', large)).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining('larger than'),
    });
  });

  it('checks metadata in a file', async () => {
    const root = temporaryRoot({
      'metadata.json': JSON.stringify({
        'sdc:uuid': 'not-a-uuid',
        hostname: 'two words',
        'sdc:resolvers': ['192.0.2.53', '192.0.2.530'],
        'sdc:nics': [{ interface: 'eth0', mac: '02:08:20:aa:bb:01' }],
        user_script: '#!/bin/sh\n',
        role: 'web',
      }),
    });
    const file = join(root, 'metadata.json');
    await expect(await shown(root, '--metadata', file)).toMatchFileSnapshot(
      'golden/config-check-metadata.txt',
    );
  });

  it.each(['', '[1]', '"text"', '{"a":'])('refuses metadata that is no object: %j', async (text) => {
    const root = temporaryRoot({ 'metadata.json': text });
    expect(await check('--root', root, '--metadata', join(root, 'metadata.json'))).toMatchObject({
      exit: 1,
      stdout: expect.stringContaining('write one JSON object'),
    });
  });
});
