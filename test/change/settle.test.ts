import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../agent/change/change.ts';
import { settle } from '../../agent/change/settle.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState, type State } from '../../agent/system/state.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

const wanted: FileChange = {
  kind: 'file',
  path: '/etc/resolv.conf',
  content: 'nameserver 192.0.2.53\n',
  mode: 0o644,
  claim: 'ours-until-edited',
  why: 'metadata names the resolvers',
};
const lastWritten = 'nameserver 192.0.2.1\n';
/** By sha256sum(1). State files of earlier versions hold such fingerprints. */
const fingerprints = {
  lastWritten: 'a9d549519efe8d5a68627787df4de1d1ee52627f0ff00ddb4d202bc607c11f07',
  wanted: 'd6bb96afccde62f60825d960dc109539de2c9c4de7315256247fea6f6fce77c5',
  halfRecorded: '17d10e9e95be7a51dc2469a13942c9f4e664800f99812ebabfeaeba365186c6e',
};
const wroteBefore: State = { ...emptyState, files: { '/etc/resolv.conf': fingerprints.lastWritten } };

function settled(
  current: string | undefined,
  options: { state?: State; change?: Partial<FileChange>; force?: boolean } = {},
) {
  const root = openRoot(temporaryRoot(current === undefined ? {} : { '/etc/resolv.conf': current }));
  const [result] = settle(
    [{ ...wanted, ...options.change }],
    root,
    options.state ?? emptyState,
    options.force,
  );
  return result;
}

describe('a link in the place of a file that is only made where it is missing', () => {
  const through = (tree: Tree, force = false) => {
    const root = openRoot(temporaryRoot({ '/etc/resolv.conf': '-> /data/own', ...tree }));
    return settle([{ ...wanted, claim: 'once' }], root, emptyState, force)[0];
  };

  it('stays, with the file that it leads to', () => {
    expect(through({ '/data/own': 'mine\n' })).toMatchObject({
      result: 'kept',
      reason: 'a link that somebody made',
    });
    expect(through({ '/data/own': wanted.content.toString() })?.result).toBe('unchanged');
  });

  it('is replaced where it leads to nothing, and by force with a copy', () => {
    expect(through({})?.result).toBe('wanted');
    expect(through({ '/data/own': '' })?.result).toBe('wanted');
    expect(through({ '/data/own': 'mine\n' }, true)).toMatchObject({ result: 'wanted', backup: true });
  });
});

describe('whose file it is', () => {
  it('writes one that is missing', () => {
    expect(settled(undefined)?.result).toBe('wanted');
  });

  it('leaves one that is as wanted', () => {
    expect(settled(wanted.content.toString())?.result).toBe('unchanged');
  });

  it('replaces what the image shipped', () => {
    expect(settled('nameserver 10.0.0.1\n')?.result).toBe('wanted');
  });

  it('replaces what the image shipped after the first run was killed just before it would have', () => {
    const state = { ...emptyState, pending: { '/etc/resolv.conf': fingerprints.wanted } };
    expect(settled('nameserver 10.0.0.1\n', { state })?.result).toBe('wanted');
  });

  it('replaces what it wrote itself', () => {
    expect(settled(lastWritten, { state: wroteBefore })?.result).toBe('wanted');
  });

  it('keeps what somebody edited since, and says so', () => {
    expect(settled('# mine\n', { state: wroteBefore })).toMatchObject({
      result: 'kept',
      reason: 'edited by hand',
    });
  });

  it('takes an edited file over by force, with a backup', () => {
    expect(settled('# mine\n', { state: wroteBefore, force: true })).toMatchObject({
      result: 'wanted',
      backup: true,
    });
  });

  it.each([
    ['SmartOS', '# AUTOMATIC ZONE CONFIG\nnameserver 192.0.2.8\n'],
    ["SmartOS's script for SUSE", '# Automatic zone config for interface: eth0\nSTARTMODE=auto\n'],
    ['OmniOS', '# Auto-generated from zone configuration\nnameserver 192.0.2.8\n'],
  ])('takes no file of the platform for an edit: %s', (_name, text) => {
    expect(settled(text, { state: wroteBefore })?.result).toBe('wanted');
  });

  it('keeps a file in which somebody wrote about the platform', () => {
    expect(
      settled('nameserver 192.0.2.8 # not AUTOMATIC ZONE CONFIG\n', { state: wroteBefore })?.result,
    ).toBe('kept');
  });

  it('knows its own half-recorded write after a kill', () => {
    const state = { ...wroteBefore, pending: { '/etc/resolv.conf': fingerprints.halfRecorded } };
    expect(settled('nameserver 192.0.2.7\n', { state })?.result).toBe('wanted');
  });

  it('follows the metadata where the claim is `always`', () => {
    expect(settled('# mine\n', { state: wroteBefore, change: { claim: 'always' } })?.result).toBe('wanted');
  });

  it('creates only, where the claim is `once`', () => {
    expect(settled('# theirs\n', { change: { claim: 'once' } })).toMatchObject({
      result: 'kept',
      reason: 'was there before',
    });
    expect(settled('# mine\n', { change: { claim: 'once' }, state: wroteBefore })).toMatchObject({
      result: 'kept',
      reason: 'edited by hand',
    });
    expect(settled(lastWritten, { change: { claim: 'once' }, state: wroteBefore })?.result).toBe('wanted');
  });

  it('puts a mode right that would show a secret, though its content is as wanted', () => {
    const path = temporaryRoot({ '/etc/resolv.conf': wanted.content.toString() });
    chmodSync(join(path, 'etc/resolv.conf'), 0o644);
    const secret = { ...wanted, mode: 0o600, claim: 'always', secret: true } as const;
    expect(settle([secret], openRoot(path), emptyState)[0]?.result).toBe('wanted');
  });

  it('keeps mode and owner of a shared file', () => {
    expect(settled('other\n', { change: { claim: 'shared', mode: 0o600 } })).toMatchObject({
      change: { mode: 0o644 },
    });
  });
});

describe('what is there', () => {
  it('reports a folder in the place of a file, and goes on', () => {
    const root = openRoot(temporaryRoot({ '/etc/resolv.conf': null }));
    const results = settle([wanted, { ...wanted, path: '/etc/other' }], root, emptyState);
    expect(results.map(({ result }) => result)).toEqual(['failed', 'wanted']);
  });

  it('takes a file as large as a metadata value can be for what it is', () => {
    const content = Buffer.alloc(17 * 1024 * 1024, 'data\n');
    const path = temporaryRoot();
    writeFileSync(join(path, 'data'), content, { mode: 0o600 });
    const change = { ...wanted, path: '/data', content, mode: 0o600, claim: 'always' } as const;
    const absent = { kind: 'absent', path: '/data', claim: 'always', why: 'gone' } as const;
    const results = settle([change, { ...change, content: 'less' }, absent], openRoot(path), emptyState);
    expect(results.map(({ result }) => result)).toEqual(['unchanged', 'wanted', 'wanted']);
  });

  it('lists a command when the root is not the running system', () => {
    const root = openRoot(temporaryRoot());
    const [result] = settle(
      [{ kind: 'command', argv: ['hostname', 'web'], deadline: 5, why: 'the name' }],
      root,
      emptyState,
    );
    expect(result?.result).toBe('listed');
  });

  it('wants no rename when its source is gone', () => {
    const change = {
      kind: 'rename',
      from: '/var/svc/provisioning',
      to: '/var/svc/provision_success',
      why: '',
    } as const;
    expect(settle([change], openRoot(temporaryRoot()), emptyState)[0]?.result).toBe('unchanged');
    expect(
      settle([change], openRoot(temporaryRoot({ '/var/svc/provisioning': '' })), emptyState)[0]?.result,
    ).toBe('wanted');
  });
});
