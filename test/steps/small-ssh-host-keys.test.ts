import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apply } from '../../agent/change/apply.ts';
import { settle } from '../../agent/change/settle.ts';
import { sshHostKeys } from '../../agent/steps/ssh-host-keys.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { changesOf, instanceWith, systemAt, uuid } from './fixture.ts';

const own = uuid('11111111-2222-4333-8444-555555555555');
const other = '99999999-2222-4333-8444-555555555555';
const dropbear =
  'ELF…/etc/dropbear/dropbear_rsa_host_key\0/etc/dropbear/dropbear_ecdsa_host_key\0/etc/dropbear/dropbear_ed25519_host_key\0';
const oldDropbear = 'ELF…/etc/dropbear/dropbear_dss_host_key\0/etc/dropbear/dropbear_rsa_host_key\0';

/** A maker of keys that writes what it was called with, where the real one writes a key. */
const dropbearkey = '#!/bin/sh\n[ "$1" = -t ] && [ "$3" = -f ] && echo "new $2 key" >"$4"\n';
const makekey =
  '#!/bin/sh\n[ "$1" = -q ] && mkdir "$2" && echo secret >"$2/.ed25519.sk" && echo public >"$2/ed25519.pk"\n';

function rootWith(programs: Readonly<Record<string, string>>, tree: Tree): string {
  const root = temporaryRoot({ ...tree, ...programs });
  for (const path of Object.keys(programs)) chmodSync(join(root, path), 0o755);
  return root;
}

/** What the step makes of a root: it is run until it wants nothing more. */
async function made(root: string, recorded?: string): Promise<void> {
  const state = { ...emptyState, ...(recorded !== undefined && { instance: recorded }) };
  const changes = await changesOf(sshHostKeys, instanceWith({ uuid: own }), systemAt(root, { state }));
  const access = openRoot(root);
  // A program of the scratch root's is started by its path there.
  const here = changes.map((change) =>
    change.kind === 'generated'
      ? { ...change, argv: [join(root, change.argv[0]), ...change.argv.slice(1)] as [string, ...string[]] }
      : change,
  );
  for (const settled of settle(here, access, state))
    if (settled.result === 'wanted') await apply(settled, access);
}

describe('Dropbear', () => {
  const programs = { '/usr/sbin/dropbear': dropbear, '/usr/bin/dropbearkey': dropbearkey };
  const keys = (root: string) =>
    Object.fromEntries(
      readdirSync(join(root, 'etc/dropbear')).map((name) => [
        name,
        readFileSync(join(root, 'etc/dropbear', name), 'utf8'),
      ]),
    );

  test('gets a key of each kind that it knows, where a prepared image has none', async () => {
    const root = rootWith(programs, { '/etc/dropbear': null });
    await made(root);
    expect(keys(root)).toEqual({
      dropbear_rsa_host_key: 'new rsa key\n',
      dropbear_ecdsa_host_key: 'new ecdsa key\n',
      dropbear_ed25519_host_key: 'new ed25519 key\n',
    });
    const old = rootWith({ ...programs, '/usr/sbin/dropbear': oldDropbear }, { '/etc/dropbear': null });
    await made(old);
    expect(Object.keys(keys(old))).toEqual(['dropbear_rsa_host_key']);
  });

  test('keeps the keys that it has, and is satisfied with one', async () => {
    const root = rootWith(programs, { '/etc/dropbear/dropbear_ed25519_host_key': 'mine\n' });
    await made(root);
    await made(root, own);
    expect(keys(root)).toEqual({ dropbear_ed25519_host_key: 'mine\n' });
  });

  test('gets its own keys in a clone, and none of the other instance stays', async () => {
    const root = rootWith(programs, {
      '/etc/dropbear/dropbear_ed25519_host_key': 'theirs\n',
      '/etc/dropbear/dropbear_ed25519_host_key.pub': 'theirs\n',
      '/etc/dropbear/dropbear_dss_host_key': 'theirs\n',
      '/etc/dropbear/banner': 'hello\n',
    });
    await made(root, other);
    expect(keys(root)).toEqual({ banner: 'hello\n', dropbear_ed25519_host_key: 'new ed25519 key\n' });
  });

  test('loses the keys of another instance also where nothing can make new ones', async () => {
    const root = rootWith(
      { '/usr/sbin/dropbear': dropbear },
      { '/etc/dropbear/dropbear_rsa_host_key': 'theirs\n' },
    );
    await made(root, other);
    expect(keys(root)).toEqual({});
  });

  test('that is only there for the initramfs gets none', async () => {
    const plan = await sshHostKeys.plan(instanceWith(), systemAt(rootWith(programs, {})));
    expect(plan).toEqual({ skip: 'sshd is not installed' });
  });
});

describe('TinySSH', () => {
  const programs = { '/usr/sbin/tinysshd': 'ELF', '/usr/sbin/tinysshd-makekey': makekey };
  const folder = '/etc/tinyssh/sshkeydir';
  const key = (root: string) => readFileSync(join(root, folder, '.ed25519.sk'), 'utf8');

  test.each<readonly [string, Tree]>([
    ['there is no folder', { '/etc/tinyssh': null }],
    ['the folder is empty', { [folder]: null }],
  ])('gets its keys where %s', async (_name, tree) => {
    const root = rootWith(programs, tree);
    await made(root);
    expect(key(root)).toBe('secret\n');
    writeFileSync(join(root, folder, '.ed25519.sk'), 'mine\n');
    await made(root);
    expect(key(root)).toBe('mine\n');
  });

  test('gets its own keys in a clone', async () => {
    const root = rootWith(programs, {
      [`${folder}/.ed25519.sk`]: 'theirs\n',
      [`${folder}/ed25519.pk`]: 'theirs\n',
    });
    await made(root, other);
    expect(key(root)).toBe('secret\n');
    expect(readFileSync(join(root, folder, 'ed25519.pk'), 'utf8')).toBe('public\n');
  });
});
