import { expect, it } from 'vitest';
import { authorizedKeys } from '../../agent/steps/authorized-keys.ts';
import { planned, scratchSystem } from '../support/scratch-system.ts';
import { instanceOf } from '../support/tampered.ts';

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

it.each(['', '\n', ' \t\r\n', '\ufeff'])(
  'leaves the keys alone that are there for the value %j',
  async (value) => {
    const plan = await authorizedKeys.plan(instanceOf({ root_authorized_keys: value }), scratchSystem({}));
    expect(plan).toMatchObject({ skip: expect.stringContaining('root_authorized_keys is empty') });
  },
);

it('leaves the keys alone that are there for a value of which nothing can be used', async () => {
  const plan = await authorizedKeys.plan(instanceOf({ root_authorized_keys: 'nonsense' }), scratchSystem({}));
  expect(plan).toEqual({ skip: 'the metadata has no keys for root' });
});

it('removes all keys for a value that is only a comment, and says so', async () => {
  const changes = await planned(authorizedKeys, { root_authorized_keys: '# none' }, scratchSystem({}));
  expect(changes.at(-1)).toMatchObject({
    content: '# none\n',
    why: 'the metadata names no key, so that nobody may log in as root by one',
  });
});
