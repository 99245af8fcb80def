import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderResolvConf } from '../../agent/steps/resolv-conf.ts';
import { resolver } from '../../agent/steps/resolver.ts';
import { files, planned, scratchSystem } from '../support/scratch-system.ts';
import { instanceOf } from '../support/tampered.ts';
import type { Tree } from '../support/temporary-root.ts';

const values = {
  'sdc:resolvers': '["192.0.2.1","2001:db8::1","192.0.2.3","192.0.2.4"]',
  'sdc:dns_domain': 'example.com',
};
const plain = renderResolvConf({ addresses: JSON.parse(values['sdc:resolvers']), search: 'example.com' });

it('renders what a person can read', async () => {
  await expect(plain).toMatchFileSnapshot('golden/resolv.conf');
});

it.each([
  ['a plain file', { '/etc/resolv.conf': '# AUTOMATIC ZONE CONFIG\n' }, ['/etc/resolv.conf']],
  [
    'systemd-resolved',
    {
      '/etc/resolv.conf': '-> ../run/systemd/resolve/stub-resolv.conf',
      '/usr/lib/systemd/systemd-resolved': '',
    },
    ['/etc/systemd/resolved.conf.d/lx-agent.conf'],
  ],
  [
    'a masked systemd-resolved',
    {
      '/etc/resolv.conf': '-> ../run/systemd/resolve/stub-resolv.conf',
      '/usr/lib/systemd/systemd-resolved': '',
      '/etc/systemd/system/systemd-resolved.service': '-> /dev/null',
    },
    ['/etc/resolv.conf'],
  ],
  [
    "Debian's resolvconf",
    { '/etc/resolv.conf': '-> /run/resolvconf/resolv.conf', '/etc/resolvconf/resolv.conf.d': null },
    ['/etc/resolvconf/resolv.conf.d/head'],
  ],
  ['openresolv', { '/etc/resolvconf.conf': 'x=1' }, ['/etc/resolvconf.conf', '/etc/resolv.conf']],
  [
    'NetworkManager',
    { '/etc/NetworkManager': null },
    ['/etc/NetworkManager/conf.d/90-lx-agent-dns.conf', '/etc/resolv.conf'],
  ],
])('tells %s', async (_, tree, paths) => {
  expect(Object.keys(files(await planned(resolver, values, scratchSystem(tree))))).toEqual(paths);
});

it('never writes an empty file, and does not search local', async () => {
  expect(await planned(resolver, { 'sdc:resolvers': '[]' }, scratchSystem({}))).toEqual([]);
  expect(await planned(resolver, {}, scratchSystem({}))).toEqual([]);
  const local = await planned(resolver, { ...values, 'sdc:dns_domain': 'local' }, scratchSystem({}));
  expect(files(local)['/etc/resolv.conf']).not.toContain('search');
});

it('searches several domains in their order, but for local, in every form', async () => {
  const several = { ...values, 'sdc:dns_domain': 'example.com local,corp.example; EXAMPLE.net. example.com' };
  const list = 'example.com corp.example EXAMPLE.net';
  const tree = {
    '/etc/resolv.conf': '-> ../run/systemd/resolve/stub-resolv.conf',
    '/usr/lib/systemd/systemd-resolved': '',
  };
  const text = async (root: Tree) =>
    Object.values(files(await planned(resolver, several, scratchSystem(root)))).join('');
  expect(await text({})).toContain(`\nsearch ${list}\n`);
  expect(await text(tree)).toContain(`\nDomains=${list}\n`);
  expect(await text({ '/etc/resolvconf.conf': '' })).toContain(`search_domains="${list}"\n`);
});

it('searches the domains that are left where one is none, and names that one', async () => {
  const { searchDomains, dnsDomain, invalid } = instanceOf({ 'sdc:dns_domain': 'bad!domain example.com' });
  expect({ searchDomains, dnsDomain, invalid }).toEqual({
    searchDomains: ['example.com'],
    dnsDomain: 'example.com',
    invalid: [{ key: 'sdc:dns_domain', reason: '"bad!domain" is not a DNS domain' }],
  });
});

it.each([
  ['{}', {}, 'the metadata names no resolver'],
  ['[]', { 'sdc:resolvers': '[]' }, 'sdc:resolvers is empty; an empty resolv.conf would help nobody'],
  ['no address', { 'sdc:resolvers': '["one","300.1.1.1"]' }, 'no address in sdc:resolvers is valid'],
  ['no JSON', { 'sdc:resolvers': '192.0.2.1' }, 'no address in sdc:resolvers is valid'],
])('says why there is nothing to write: %s', (_, given, reason) => {
  expect(resolver.plan(instanceOf(given), scratchSystem({}))).toEqual({ skip: reason });
});

it('follows the metadata where it says so', async () => {
  const changes = await planned(resolver, { ...values, 'sdc:maintain_resolvers': 'true' }, scratchSystem({}));
  expect(changes).toMatchObject([{ claim: 'always' }]);
});

it('names the servers in their order, whatever stands beside them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: 'binary' }))),
      fc.string({ unit: 'binary' }),
      async (list, domain) => {
        const written = files(
          await planned(
            resolver,
            { 'sdc:resolvers': JSON.stringify(list), 'sdc:dns_domain': domain },
            scratchSystem({}),
          ),
        )['/etc/resolv.conf'];
        for (const line of written?.trimEnd().split('\n') ?? [])
          expect(line).toMatch(/^(#[ -~]*|nameserver [0-9a-f.:]+|search [\w.-]+)$/i);
        if (written !== undefined) expect(written).toMatch(/^nameserver /m);
      },
    ),
  );
});

it.each([
  ["the platform's", '# AUTOMATIC ZONE CONFIG\nnameserver 192.0.2.9\nsearch old.example\n', ['head', 'tail']],
  ["somebody's own", 'options timeout:1\n', ['head']],
])("has each name server once where resolvconf's tail is %s", async (_name, tail, touched) => {
  const folder = '/etc/resolvconf/resolv.conf.d';
  const tree = { '/etc/resolv.conf': '-> ../run/resolvconf/resolv.conf', [`${folder}/tail`]: tail };
  const changes = await planned(resolver, values, scratchSystem(tree));
  expect(changes.map((change) => ('path' in change ? change.path : ''))).toEqual(
    touched.map((name) => `${folder}/${name}`),
  );
  expect(changes.slice(1)).toEqual(touched.slice(1).map(() => expect.objectContaining({ kind: 'absent' })));
});
