import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settle } from '../../agent/change/settle.ts';
import { operatorScript } from '../../agent/steps/operator-script.ts';
import { asMeant } from '../../agent/steps/pasted-script.ts';
import { commandLine } from '../../agent/steps/script.ts';
import { userScript } from '../../agent/steps/user-script.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { runProgram } from '../../agent/system/process.ts';
import { emptyState } from '../../agent/system/state.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { changesOf, instanceWith, ranIn, systemAt, uuid } from './fixture.ts';

const path = '/var/svc/mdata-user-script';

function given(body: string | Buffer) {
  return instanceWith({ userScript: { from: 'metadata', body: Buffer.from(body) } });
}

describe('what is planned', () => {
  test('the file, for root alone, and then its run', async () => {
    const changes = await changesOf(userScript, given('#!/bin/sh\necho hi\n'), systemAt(temporaryRoot()));
    expect(changes).toMatchObject([
      { kind: 'directory', path: '/var/svc' },
      { kind: 'file', path, mode: 0o700, claim: 'always', secret: true },
      {
        kind: 'command',
        argv: [path],
        deadline: 600,
        output: '/var/log/mdata-user-script.log',
        script: 'user-script',
      },
    ]);
  });

  test('the operator has a script, a deadline and a log of its own', async () => {
    const instance = instanceWith({ operatorScript: { from: 'metadata', body: Buffer.from('#!/bin/sh\n') } });
    const changes = await changesOf(operatorScript, instance, systemAt(temporaryRoot()));
    expect(changes.at(-1)).toMatchObject({
      argv: ['/var/svc/mdata-operator-script'],
      deadline: 300,
      output: '/var/log/mdata-operator-script.log',
      script: 'operator-script',
    });
  });

  test('a script that came with the image is removed, not run', async () => {
    const root = temporaryRoot({ [path]: '#!/bin/sh\necho from the image\n' });
    const changes = await changesOf(userScript, instanceWith(), systemAt(root));
    expect(changes).toMatchObject([{ kind: 'absent', path }]);
    expect(settle(changes, openRoot(root), emptyState)).toMatchObject([{ result: 'wanted' }]);
  });

  test('a key that could not be used leaves the file as it is', async () => {
    const instance = instanceWith({ invalid: [{ key: 'user-script-url', reason: 'not a URL' }] });
    expect(await userScript.plan(instance, systemAt(temporaryRoot()))).toEqual({
      skip: 'user-script-url could not be used: not a URL',
    });
  });
});

describe('once in each boot', () => {
  const instance = instanceWith({
    uuid: uuid('11111111-2222-4333-8444-555555555555'),
    userScript: { from: 'metadata', body: Buffer.from('#!/bin/sh\n') },
  });
  const ran = { ...emptyState, scripts: { 'user-script': ranIn('this boot') } };
  const runs = async (known: Parameters<typeof systemAt>[1]) => {
    const changes = await changesOf(userScript, instance, systemAt(temporaryRoot(), known));
    return changes.some(({ kind }) => kind === 'command');
  };

  test('not again in the same boot', async () => expect(await runs({ state: ran })).toBe(false));
  test('and a script that another replaces is said to run later', async () => {
    const changes = await changesOf(userScript, instance, systemAt(temporaryRoot(), { state: ran }));
    expect(changes.at(-1)).toMatchObject({
      kind: 'file',
      why: 'the metadata holds another user-script; one ran in this boot, so this one runs in the next, or by lx-agent run user-script',
    });
  });
  test('again in the next boot', async () => expect(await runs({ state: ran, boot: 'next' })).toBe(true));
  test('again when the operator names it', async () =>
    expect(await runs({ state: ran, named: new Set(['user-script']) })).toBe(true));
  test('always where the machine cannot tell its boots apart', async () => {
    const record = { started: '', milliseconds: 1, exit: 0 };
    const state = { ...emptyState, scripts: { 'user-script': record } };
    expect(await runs({ state, boot: undefined })).toBe(true);
  });
  test('the record of another instance does not count', async () => {
    const state = { ...ran, instance: '99999999-2222-4333-8444-555555555555' };
    expect(await runs({ state })).toBe(true);
  });
});

describe('how a script is started', () => {
  const elf = Buffer.from('\x7fELF\x02\x01\x01', 'latin1');

  test.each([
    ['with #!', '#!/usr/bin/python3\n', [path]],
    ['as a program', elf, [path]],
    ['without #!', 'echo hi\n', ['/bin/sh', path]],
    ['empty', '', ['/bin/sh', path]],
  ])('%s', (_, body, argv) => {
    expect(commandLine(Buffer.from(body), path, openRoot(temporaryRoot()))).toEqual(argv);
  });

  test('by bash where there is one', () => {
    const directory = temporaryRoot({ '/bin/bash': '' });
    chmodSync(join(directory, 'bin/bash'), 0o755);
    expect(commandLine(Buffer.from('[[ a ]]'), path, openRoot(directory))).toEqual(['/bin/bash', path]);
  });

  test.each([
    ['#!/bin/sh\necho "$0 ran"; exit 3\n', 3],
    ['#!/bin/sh\r\nif true; then\r\n  echo ran\r\n  exit 3\r\nfi\r\n', 3],
    ['echo ran; exit 3', 3],
    [readFileSync('/bin/true'), 0],
  ])('for real: %#', async (body, status) => {
    const file = join(temporaryRoot(), 'script');
    const written = asMeant(Buffer.from(body));
    writeFileSync(file, written, { mode: 0o700 });
    const ended = await runProgram({ argv: commandLine(written, file, openRoot('/')), deadline: 30 });
    expect(ended.status).toBe(status);
    if (status === 3) expect(ended.tail).toContain('ran\n');
  });
});

describe('a script that was pasted', () => {
  const unix = '#!/bin/sh\nif true; then\n  echo ran\n  exit 3\nfi\n';
  const bare = unix.replace('#!/bin/sh\n', '');
  const crlf = (text: string) => text.replaceAll('\n', '\r\n');

  test.each([
    ['with a byte-order mark', `\ufeff${unix}`],
    ['after empty lines and blanks', `\n \t\r\n  ${unix}`],
    ['after a no-break space', `\u00a0${unix}`],
    ['after a zero-width space', `\u200b${unix}`],
    ['with a no-break space in its first line', unix.replace('#!/bin/sh', '#!\u00a0/bin/sh\u00a0')],
    ['with CRLF', crlf(unix)],
    ['with CRLF and a byte-order mark', `\ufeff${crlf(unix)}`],
    ['with CRLF, and no #!', crlf(bare)],
    ['with a byte-order mark, and no #!', `\ufeff${bare}`],
    ['with carriage returns alone', unix.replaceAll('\n', '\r')],
    ['without its last newline', unix.trimEnd()],
    ['without its last newline, with CRLF', crlf(unix).trimEnd()],
  ])('%s runs as it was meant', async (_, body) => {
    const file = join(temporaryRoot(), 'script');
    const written = asMeant(Buffer.from(body));
    writeFileSync(file, written, { mode: 0o700 });
    const ended = await runProgram({ argv: commandLine(written, file, openRoot('/')), deadline: 30 });
    expect([ended.status, ended.tail]).toEqual([3, 'ran\n']);
  });

  test('is left alone otherwise: carriage returns that belong to it, programs, everything else', () => {
    const machineCode = readFileSync('/bin/true');
    expect(asMeant(machineCode)).toBe(machineCode);
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const kept = Buffer.concat([Buffer.from('#!/bin/sh\n'), Buffer.from(bytes)]);
        expect(asMeant(kept)).toBe(kept);
        const mixed = Buffer.concat([Buffer.from('echo one\necho two\r\n'), Buffer.from(bytes)]);
        expect(asMeant(mixed)).toBe(mixed);
      }),
    );
  });

  test('keeps every other byte', () => {
    fc.assert(
      fc.property(
        fc.uint8Array().filter((bytes) => !bytes.includes(0)),
        (bytes) => {
          const tail = Buffer.from(bytes);
          const fixed = asMeant(Buffer.concat([Buffer.from('#!/bin/sh\r\n'), tail]));
          const expected = tail.toString('latin1').replace(/\r\n/g, '\n');
          expect(fixed.toString('latin1')).toBe(`#!/bin/sh\n${expected}`);
        },
      ),
    );
  });
});
