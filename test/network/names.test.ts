import { expect, it, test } from 'vitest';
import { loadRenderer } from '../../agent/network/choose.ts';
import { readLinks } from '../../agent/network/links.ts';
import { isInterfaceName } from '../../agent/network/names.ts';
import { rendererNames } from '../../agent/system/configuration.ts';
import { liveRoot } from '../steps/fixture.ts';
import { scratchSystem } from '../support/scratch-system.ts';
import { temporaryRoot } from '../support/temporary-root.ts';
import { link, macOf, networkFrom } from './cases.ts';
import { asGolden } from './golden.ts';

const names = ['eth0', 'net0', 'ens3', 'veth-a_b', 'eth0.100', '0'];

it.each(names)('an interface may be called %s', (name) => expect(isInterfaceName(name)).toBe(true));

it.each(['', '.', '..', '-n', 'a/b', 'a b', 'a\nb', 'a;b', '$(b)', 'a'.repeat(16)])(
  'nothing is written of an interface called %j',
  (name) => expect(isInterfaceName(name)).toBe(false),
);

test('the machine’s interfaces of such names are not seen', () => {
  const root = liveRoot(
    temporaryRoot({
      '/sys/class/net/net0/address': `${macOf(0)}\n`,
      '/sys/class/net/a;b/address': `${macOf(1)}\n`,
    }),
  );
  const seen = readLinks(root).map(({ name }) => name);
  expect(seen).toContain('net0');
  expect(seen).not.toContain('a;b');
});

test.each(rendererNames)('a file is known as ours whatever the name of its interface: %s', async (format) => {
  const { owns, files } = await loadRenderer(format);
  const network = networkFrom({
    nics: names.map((_, index) => ({
      interface: `net${index}`,
      mac: macOf(index),
      primary: index === 0,
      ips: [`10.0.${index}.2/24`, `2001:db8:${index}::2/64`],
    })),
    routes: names.flatMap((_, index) => [
      { dst: `10.1.${index}.0/24`, gateway: `10.0.${index}.1` },
      { dst: `2001:db8:9${index}::/64`, gateway: `2001:db8:${index}::1` },
    ]),
    links: names.map((name, index) => link(name, index)),
  });
  const written = await files(network, scratchSystem({ '/etc/init.d/net.lo': '' }).root);
  for (const name of names) expect(asGolden(written)).toContain(name);
  expect(written.filter(({ claim }) => claim !== 'shared').filter(({ path }) => !owns(path))).toEqual([]);
});

test('Gentoo’s variables are such as the shell can have', async () => {
  const { files } = await loadRenderer('netifrc');
  const network = networkFrom({
    nics: [{ interface: 'net0', mac: macOf(0), ips: ['192.0.2.10/24'], mtu: 9000, primary: true }],
    links: [link('veth-a.1', 0)],
  });
  const [file] = await files(network, scratchSystem({}).root);
  expect(file?.path).toBe('/etc/conf.d/net.veth-a.1');
  expect(file?.content.match(/^\w+(?==)/gm)).toEqual(['config_veth_a_1', 'mtu_veth_a_1']);
});
