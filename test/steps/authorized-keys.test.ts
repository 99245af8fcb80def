import { expect, it } from 'vitest';
import { authorizedKeys } from '../../agent/steps/authorized-keys.ts';
import { planned, scratchSystem } from '../support/scratch-system.ts';

const values = { root_authorized_keys: 'ssh-ed25519 AAAA me' };

it.each([
  ['root:x:0:0::/srv/admin:/bin/sh\n', '/srv/admin'],
  ['root:x:0:0::/../etc:/bin/sh\n', '/root'],
  ['root:x:0:0::/:/bin/sh\n', '/root'],
  ['', '/root'],
])('writes the keys below the home that %j names', async (passwd, home) => {
  expect(await planned(authorizedKeys, values, scratchSystem({ '/etc/passwd': passwd }))).toMatchObject([
    { kind: 'directory', path: `${home}/.ssh`, mode: 0o700 },
    { path: `${home}/.ssh/authorized_keys`, content: 'ssh-ed25519 AAAA me\n', mode: 0o600, claim: 'once' },
  ]);
});

it('plans nothing without keys', async () => {
  expect(await planned(authorizedKeys, {}, scratchSystem({}))).toEqual([]);
});
