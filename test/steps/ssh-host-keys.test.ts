import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../agent/change/change.ts';
import { sshHostKeys } from '../../agent/steps/ssh-host-keys.ts';
import { runProgram } from '../../agent/system/process.ts';
import { emptyState } from '../../agent/system/state.ts';
import { hasAccount } from '../support/account.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { changesOf, instanceWith, systemAt, uuid } from './fixture.ts';

const own = uuid('11111111-2222-4333-8444-555555555555');
const other = '99999999-2222-4333-8444-555555555555';
const modern = 'ELF… /etc/ssh/ssh_host_rsa_key\0/etc/ssh/ssh_host_ecdsa_key\0/etc/ssh/ssh_host_ed25519_key\0';
const old = 'ELF… /etc/ssh/ssh_host_key\0/etc/ssh/ssh_host_rsa_key\0/etc/ssh/ssh_host_dsa_key\0';
const allKeys: Tree = {
  '/etc/ssh/ssh_host_rsa_key': 'private',
  '/etc/ssh/ssh_host_rsa_key.pub': 'public',
  '/etc/ssh/ssh_host_ecdsa_key': 'private',
  '/etc/ssh/ssh_host_ed25519_key': 'private',
};

/** A root with an sshd (its content names its default keys) and, unless told otherwise, a ssh-keygen. */
function sshRoot(tree: Tree, sshd = modern, keygen = true): string {
  const root = temporaryRoot({ '/usr/sbin/sshd': sshd, ...tree });
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  chmodSync(join(root, 'usr/sbin/sshd'), 0o755);
  if (keygen) execFileSync('cp', ['/bin/true', join(root, 'usr/bin/ssh-keygen')]);
  return root;
}

async function planned(root: string, instance = instanceWith({ uuid: own }), recorded?: string) {
  const state = { ...emptyState, ...(recorded !== undefined && { instance: recorded }) };
  return changesOf(sshHostKeys, instance, systemAt(root, { state }));
}

function names(changes: readonly Change[]): string[] {
  return changes.flatMap((change) =>
    change.kind === 'generated'
      ? [`make ${change.directory}/${change.files[0]?.name}`]
      : change.kind === 'absent'
        ? [`remove ${change.path}`]
        : [],
  );
}

describe('which keys', () => {
  test('without sshd, none', async () => {
    const plan = await sshHostKeys.plan(instanceWith(), systemAt(temporaryRoot()));
    expect(plan).toEqual({ skip: 'sshd is not installed' });
  });

  test('where all are there, none', async () => {
    expect(await planned(sshRoot(allKeys))).toEqual([]);
    expect(await planned(sshRoot(allKeys), instanceWith({ uuid: own }), own)).toEqual([]);
  });

  test('the missing and the empty, by the defaults of this sshd', async () => {
    const root = sshRoot({ '/etc/ssh/ssh_host_ecdsa_key': '', '/etc/ssh/ssh_host_rsa_key': 'private' });
    expect(names(await planned(root))).toEqual([
      'make /etc/ssh/ssh_host_ecdsa_key',
      'make /etc/ssh/ssh_host_ed25519_key',
    ]);
  });

  test('an OpenSSH 5.3 knows no others than RSA', async () => {
    expect(names(await planned(sshRoot({}, old)))).toEqual(['make /etc/ssh/ssh_host_rsa_key']);
    expect(await planned(sshRoot({ '/etc/ssh/ssh_host_rsa_key': 'private' }, old))).toEqual([]);
  });

  test('what sshd_config and its drop-ins name, outside of Match blocks', async () => {
    const root = sshRoot({
      '/etc/ssh/sshd_config': [
        'Include /etc/ssh/sshd_config.d/*.conf',
        '#HostKey /etc/ssh/ssh_host_rsa_key',
        'hostkey "/etc/keys/ssh_host_ecdsa_key"',
        'HostKey /etc/ssh/of_our_own',
        'Match User git',
        'HostKey /etc/ssh/ssh_host_rsa_key',
      ].join('\n'),
      '/etc/ssh/sshd_config.d/10-keys.conf': 'HostKey=/etc/ssh/ssh_host_ed25519_key\n',
      '/etc/ssh/sshd_config.d/10-keys.conf.bak': 'HostKey /etc/ssh/ssh_host_rsa_key\n',
    });
    expect(names(await planned(root))).toEqual([
      'make /etc/ssh/ssh_host_ed25519_key',
      'make /etc/keys/ssh_host_ecdsa_key',
    ]);
  });
});

describe('a clone', () => {
  test('gets keys of its own, and none of the other instance stays', async () => {
    const root = sshRoot({
      ...allKeys,
      '/etc/ssh/ssh_host_dsa_key': 'private',
      '/etc/ssh/ssh_host_rsa_key-cert.pub': 'certificate',
      '/etc/ssh/ssh_config': 'Host *\n',
    });
    expect(names(await planned(root, instanceWith({ uuid: own }), other))).toEqual([
      'make /etc/ssh/ssh_host_rsa_key',
      'make /etc/ssh/ssh_host_ecdsa_key',
      'make /etc/ssh/ssh_host_ed25519_key',
      'remove /etc/ssh/ssh_host_dsa_key',
      'remove /etc/ssh/ssh_host_rsa_key-cert.pub',
    ]);
  });

  test('is one only when both ids are known', async () => {
    expect(await planned(sshRoot(allKeys), instanceWith(), other)).toEqual([]);
    expect(await planned(sshRoot(allKeys), instanceWith({ uuid: own }))).toEqual([]);
  });
});

test('without ssh-keygen it fails and says what to install', async () => {
  await expect(planned(sshRoot({}, modern, false))).rejects.toThrow(
    'no ssh-keygen to make them with: install',
  );
  expect(await planned(sshRoot(allKeys, modern, false))).toEqual([]);
});

test('the private key is for root alone, whatever groups there are', async () => {
  const [key] = await planned(sshRoot({ '/etc/group': 'root:x:0:\nssh_keys:x:997:\n' }, old));
  expect(key).toMatchObject({ files: [{ mode: 0o600 }, { mode: 0o644 }] });
});

test('where ssh-keysign is of the group ssh_keys, that group may read it', async () => {
  const gid = process.getgid?.();
  const root = sshRoot(
    {
      '/etc/group': `root:x:1234:\nssh_keys:x:${gid}:\n`,
      '/usr/libexec/openssh/ssh-keysign': '',
    },
    old,
  );
  const [key] = await planned(root);
  expect(key).toMatchObject({ files: [{ mode: 0o640, owner: { uid: 0, gid } }, { mode: 0o644 }] });
});

test('a real ssh-keygen understands the command lines', async () => {
  for (const change of await planned(sshRoot({}))) {
    if (change.kind !== 'generated') throw new Error(`${change.kind} was not asked for`);
    const folder = temporaryRoot();
    const ended = await runProgram({ argv: change.argv, deadline: 60, cwd: folder });
    if (!hasAccount()) {
      // It looks up its caller before anything else.
      expect(ended.tail).toMatch(/^No user exists for uid \d+\r?\n$/);
      continue;
    }
    expect(ended).toMatchObject({ status: 0, tail: '' });
    const [privateKey = '', publicKey = ''] = change.files.map(({ name }) =>
      readFileSync(join(folder, name), 'utf8'),
    );
    expect(privateKey).toContain('PRIVATE KEY');
    expect(publicKey).toMatch(/^(ssh-rsa|ecdsa-sha2-nistp256|ssh-ed25519) \S+ ?\n$/);
  }
});
