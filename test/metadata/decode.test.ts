import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../agent/metadata/answer.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import { keys } from '../../agent/metadata/keys.ts';

function decode(values: Record<string, string | Buffer>) {
  const found = Object.entries(values).map(([key, value]): [string, Answer] => [
    key,
    { status: 'found', value: Buffer.from(value) },
  ]);
  return decodeInstance(new Map(found));
}
const nics = (...list: unknown[]) => decode({ 'sdc:nics': JSON.stringify(list) });
const uuid = '7f2c1a04-3f0e-4f0b-9d53-0a4b1f6f6a01';

describe('names', () => {
  it.each([
    [{ hostname: 'mine', 'sdc:hostname': 'theirs', 'sdc:uuid': uuid }, 'mine'],
    [{ hostname: 'not valid', 'sdc:hostname': 'theirs', 'sdc:uuid': uuid }, 'theirs'],
    [{ hostname: '', 'sdc:uuid': uuid }, uuid],
    [{ hostname: 'web-1.example.com\r\n' }, 'web-1.example.com'],
    [{ hostname: 'web-1.example.com.' }, 'web-1.example.com'],
    [{ hostname: 'web\n127.0.0.1 bank.example' }, undefined],
    [{ hostname: '\u2028web' }, undefined],
    [{ hostname: 'web\u00a0', 'sdc:uuid': uuid }, uuid],
    [{}, undefined],
  ])('%j is the host %s', (values, expected) => {
    expect(decode(values).hostname).toBe(expected);
  });

  it('names the key that could not be used', () => {
    expect(decode({ hostname: 'a b', 'sdc:uuid': 'nonsense' }).invalid.map(({ key }) => key)).toEqual([
      'sdc:uuid',
      'hostname',
    ]);
  });
});

describe('network interfaces', () => {
  it('takes address and prefix length from ips', () => {
    const { nics: list, invalid } = nics({
      interface: 'net0',
      mac: '90:B8:D0:1:2:3',
      ip: '192.0.2.10',
      ips: ['192.0.2.10/24', '192.0.2.11/24', '2001:DB8::10/64', 'addrconf'],
      gateways: ['192.0.2.1'],
      primary: true,
      mtu: 1500,
    });
    expect(invalid).toEqual([]);
    expect(list).toEqual([
      {
        name: 'net0',
        index: 0,
        mac: '90:b8:d0:01:02:03',
        addresses: ['192.0.2.10/24', '192.0.2.11/24', '2001:db8::10/64'],
        dhcp: false,
        addrconf: true,
        gateways: ['192.0.2.1'],
        primary: true,
        mtu: 1500,
      },
    ]);
  });

  it.each([
    ['ip and netmask only', { ip: '192.0.2.10', netmask: '255.255.255.128' }, ['192.0.2.10/25'], 0],
    ['no address', {}, [], 0],
    ['an ip with no netmask', { ip: '192.0.2.10' }, [], 1],
    ['a netmask with holes', { ip: '192.0.2.10', netmask: '255.0.255.0' }, [], 1],
    ['ips of the wrong type', { ips: '192.0.2.1/24' }, [], 1],
    ['a line break in an address', { ips: ['192.0.2.1/24\nx', '192.0.2.2/24'] }, ['192.0.2.2/24'], 1],
  ])('copes with %s', (_, fields, addresses, faults) => {
    const result = nics({ interface: 'net0', mac: '02:00:00:00:00:01', primary: true, ...fields });
    expect(result.nics?.map((nic) => nic.addresses)).toEqual([addresses]);
    expect(result.invalid).toHaveLength(faults);
  });

  it('goes on without a NIC that is none, a second net0, and a second owner of a MAC address', () => {
    const first = { interface: 'net0', mac: '02:00:00:00:00:01', primary: true };
    const result = nics(first, 7, first, { ...first, interface: 'net1', primary: false });
    expect(result.nics?.map(({ name, mac }) => [name, mac])).toEqual([
      ['net0', '02:00:00:00:00:01'],
      ['net1', undefined],
    ]);
    expect(result.invalid).toHaveLength(3);
  });

  it.each([
    [
      [true, true],
      [true, false],
    ],
    [
      [false, false],
      [false, true],
    ],
  ])('makes one NIC primary of %j', (given, expected) => {
    const result = nics(
      { interface: 'net0', mac: '02:00:00:00:00:01', primary: given[0] },
      { interface: 'net1', mac: '02:00:00:00:00:02', primary: given[1], gateway: '192.0.2.1' },
    );
    expect(result.nics?.map(({ primary }) => primary)).toEqual(expected);
    expect(result.invalid).toHaveLength(1);
  });

  it('reads a thousand', () => {
    const list = Array.from({ length: 1000 }, (_, n) => ({
      interface: `net${n}`,
      primary: n === 0,
      mac: 'x',
    }));
    const result = nics(...list);
    expect(result.nics).toHaveLength(1000);
    expect(result.invalid).toHaveLength(21);
  });
});

describe('one route for each destination', () => {
  const nic = (index: number, fields: object = {}) => ({
    interface: `net${index}`,
    mac: `02:00:00:00:00:0${index}`,
    ips: [`192.0.${index}.10/24`, `2001:db8:${index}::10/64`],
    primary: index === 0,
    ...fields,
  });
  const plain = nic(0, { gateways: ['192.0.0.1'] });
  const result = (list: readonly object[], routes: readonly object[]) => {
    const instance = decode({ 'sdc:nics': JSON.stringify(list), 'sdc:routes': JSON.stringify(routes) });
    const { nics: decoded = [], routes: ways = [], invalid } = instance;
    return {
      gateways: decoded.map(({ gateways }) => gateways),
      routes: ways.map(({ destination, gateway }) => `${destination} ${gateway}`),
      dropped: invalid.map(({ key, reason }) => `${key}: ${reason}`),
    };
  };

  it.each([
    [
      'the first of two routes',
      [plain],
      [
        { dst: '10.0.0.0/8', gateway: '192.0.0.2' },
        { dst: '10.1.2.3/8', gateway: '192.0.0.3' },
        { dst: '10.0.0.0/8', gateway: '192.0.0.2' },
      ],
      [['192.0.0.1']],
      ['10.0.0.0/8 192.0.0.2'],
      [
        'sdc:routes: the route to 10.0.0.0/8 by 192.0.0.3 is dropped: there is one by 192.0.0.2',
        'sdc:routes: the route to 10.0.0.0/8 by 192.0.0.2 is dropped: there is one by 192.0.0.2',
      ],
    ],
    [
      'a link-local route, which the platform sets first',
      [plain],
      [
        { dst: '10.0.0.0/8', gateway: '192.0.0.2' },
        { dst: '10.0.0.0/8', gateway: '192.0.0.10', linklocal: true },
      ],
      [['192.0.0.1']],
      ['10.0.0.0/8 192.0.0.10'],
      [
        'sdc:routes: the route to 10.0.0.0/8 by 192.0.0.2 is dropped: there is one out of the interface of 192.0.0.10',
      ],
    ],
    [
      'the gateway of the primary NIC, before a static default route',
      [plain],
      [
        { dst: '0.0.0.0/0', gateway: '192.0.0.2' },
        { dst: '::/0', gateway: '2001:db8::1' },
      ],
      [['192.0.0.1']],
      ['::/0 2001:db8::1'],
      ['sdc:routes: the route to 0.0.0.0/0 by 192.0.0.2 is dropped: there is the gateway 192.0.0.1 of net0'],
    ],
    [
      'a static default route, where only another NIC has a gateway',
      [nic(0), nic(1, { gateways: ['192.0.1.1'] })],
      [{ dst: '0.0.0.0/0', gateway: '192.0.0.2' }],
      [[], ['192.0.1.1']],
      ['0.0.0.0/0 192.0.0.2'],
      [],
    ],
    [
      'a link-local default route, before a gateway',
      [plain],
      [{ dst: '0.0.0.0/0', gateway: '192.0.0.10', linklocal: true }],
      [[]],
      ['0.0.0.0/0 192.0.0.10'],
      [
        'sdc:nics: gateway 192.0.0.1 of net0 is dropped: for 0.0.0.0/0 there is one out of the interface of 192.0.0.10',
      ],
    ],
    [
      'the first gateway of each family',
      [nic(0, { gateways: ['192.0.0.1', '2001:db8::1', '192.0.0.2'] })],
      [],
      [['192.0.0.1', '2001:db8::1']],
      [],
      [
        'sdc:nics: gateway 192.0.0.2 of net0 is dropped: for 0.0.0.0/0 there is the gateway 192.0.0.1 of net0',
      ],
    ],
  ])('keeps %s', (_, list, routes, gateways, kept, dropped) => {
    expect(result(list, routes)).toEqual({ gateways, routes: kept, dropped });
  });
});

it('clears the host bits of a route, and refuses one of two families', () => {
  const routes = [
    { dst: '198.51.100.7/24', gateway: '192.0.2.1' },
    { dst: '203.0.113.9', gateway: '192.0.2.10', linklocal: true },
    { dst: '2001:db8::/32', gateway: '192.0.2.1' },
    { dst: '198.51.100.0/24', gateway: '192.0.2.1' },
  ];
  const result = decode({ 'sdc:routes': JSON.stringify(routes) });
  expect(result.routes).toEqual([
    { destination: '198.51.100.0/24', gateway: '192.0.2.1', linkLocal: false },
    { destination: '203.0.113.9/32', gateway: '192.0.2.10', linkLocal: true },
  ]);
  expect(result.invalid).toHaveLength(2);
});

it.each([
  ['[]', []],
  ['["192.0.2.53", "2001:DB8::53", "192.0.2.53"]', ['192.0.2.53', '2001:db8::53']],
  ['["192.0.2.53\\nsearch x", 5]', undefined],
  ['{}', undefined],
  ['[', undefined],
])('reads the resolvers %s', (text, expected) => {
  expect(decode({ 'sdc:resolvers': text }).resolvers).toEqual(expected);
});

it('keeps comments, options and blank lines of authorized_keys, and no control character', () => {
  const { rootAuthorizedKeys, invalid } = decode({
    root_authorized_keys:
      '# mine\r\n\r\nfrom="192.0.2.0/24" ssh-ed25519 AAAA me\nssh-rsa BB\u0007B secret\n-----BEGIN OPENSSH PRIVATE KEY-----',
  });
  expect(rootAuthorizedKeys).toBe('# mine\n\nfrom="192.0.2.0/24" ssh-ed25519 AAAA me\n');
  expect(invalid).toEqual([
    { key: 'root_authorized_keys', reason: 'line 4 holds a control character' },
    { key: 'root_authorized_keys', reason: 'line 5 is neither a key nor a comment' },
  ]);
});

describe('pasted text', () => {
  const decorations: Readonly<Record<string, (text: string) => string>> = {
    'a byte-order mark before it': (text) => `\ufeff${text}`,
    'a no-break space before it': (text) => `\u00a0${text}`,
    'a no-break space behind it': (text) => `${text}\u00a0`,
    'a zero-width space before it': (text) => `\u200b${text}`,
    'empty lines and blanks before it': (text) => `\n \t\n${text}`,
    'carriage returns': (text) => `${text.replaceAll('\n', '\r\n')}\r\n`,
    'no last newline': (text) => text.trimEnd(),
  };
  const values: Readonly<Record<string, string>> = {
    hostname: 'web-1',
    'sdc:hostname': 'web-1',
    'sdc:uuid': uuid,
    'sdc:alias': 'web 1',
    'sdc:dns_domain': 'example.com',
    'sdc:maintain_resolvers': 'true',
    'sdc:resolvers': '["192.0.2.53"]',
    'sdc:nics': '[{"interface":"net0","primary":true}]',
    'sdc:routes': '[]',
    'sdc:datacenter_name': 'example-1',
    'sdc:package_name': 'small',
    'sdc:owner_uuid': uuid,
    'sdc:image_uuid': uuid,
    'sdc:max_physical_memory': '1024',
    'user-script-url': 'https://example.com/s',
    'operator-script-url': 'https://example.com/s',
    root_authorized_keys: 'ssh-ed25519 AAAA me\n',
    'lx-agent:boot': 'off',
  };

  it.each(Object.entries(decorations))('with %s is taken as meant, or refused aloud', (_, decorate) => {
    for (const [key, value] of Object.entries(values)) {
      const { invalid, ...meant } = decode({ [key]: value });
      const { invalid: refused, ...taken } = decode({ [key]: decorate(value) });
      if (refused.some((one) => one.key === key)) continue;
      expect({ key, ...taken }).toEqual({ key, ...meant });
    }
  });

  it.each([
    ['\ufeffssh-ed25519 AAAA me', 'ssh-ed25519 AAAA me\n'],
    ['\u00a0ssh-ed25519\u00a0AAAA\u00a0me', 'ssh-ed25519 AAAA me\n'],
    ['ssh-ed25519 AAAA\u200b', 'ssh-ed25519 AAAA\n'],
    ['ssh-ed25519 AAAA\u00a0Jos\u00e9', 'ssh-ed25519 AAAA Jos\u00e9\n'],
    ['environment="A=b\u00a0c" ssh-ed25519 AAAA', 'environment="A=b\u00a0c" ssh-ed25519 AAAA\n'],
    ['ssh-ed25519 AAAA me\r\n\r\n# mine\r\n', 'ssh-ed25519 AAAA me\n\n# mine\n'],
  ])('%j are the keys %j', (text, keysOfRoot) => {
    const { rootAuthorizedKeys, invalid } = decode({ root_authorized_keys: text });
    expect({ rootAuthorizedKeys, invalid }).toEqual({ rootAuthorizedKeys: keysOfRoot, invalid: [] });
  });

  it('is no script in UTF-16', () => {
    for (const [key, script] of [
      ['user-script', 'userScript'],
      ['sdc:operator-script', 'operatorScript'],
    ] as const) {
      const result = decode({ [key]: Buffer.from('\ufeff#!/bin/sh\n', 'utf16le') });
      expect([result[script], result.invalid]).toEqual([
        undefined,
        [{ key, reason: 'is UTF-16 text; save it as UTF-8' }],
      ]);
    }
  });
});

it('does not fetch a script whose digest is none, and quotes no URL', () => {
  const result = decode({
    'user-script-url': 'https://me:password@example.com/s',
    'user-script-sha256': 'zz',
    'operator-script-url': 'file:///password',
  });
  expect([result.userScript, result.operatorScript]).toEqual([undefined, undefined]);
  expect(JSON.stringify(result.invalid)).not.toContain('password');
  expect(result.invalid).toHaveLength(2);
});

it('tells a failed key from an absent one', () => {
  const answers = new Map<string, Answer>([
    ['sdc:alias', { status: 'failed', reason: 'no answer' }],
    ['hostname', { status: 'absent' }],
  ]);
  expect(decodeInstance(answers).invalid.map(({ key }) => key)).toEqual(['sdc:alias']);
});

it('names what is missing, and shows no undefined value', () => {
  const field = fc.oneof(
    fc.constant(undefined),
    fc.constant({}),
    fc.constant([]),
    fc.integer(),
    fc.constant('x'),
  );
  const fields = (...names: string[]) =>
    fc.array(fc.record(Object.fromEntries(names.map((name) => [name, field])), { requiredKeys: [] }));
  const metadata = fc.record({
    'sdc:nics': fields('interface', 'mac', 'ip', 'netmask', 'ips', 'gateway', 'gateways', 'primary', 'mtu'),
    'sdc:routes': fields('dst', 'gateway', 'linklocal'),
    'sdc:resolvers': fc.array(field),
  });
  fc.assert(
    fc.property(metadata, (values) => {
      const texts = Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)] as const);
      for (const { reason } of decode(Object.fromEntries(texts)).invalid)
        expect(reason).not.toMatch(/undefined|NaN|\[object/);
    }),
  );
});

it('copes with whatever any key holds, and says so in one printable line', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.constant('['.repeat(9999) + ']'.repeat(9999)),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(keys)), value), (values) => {
      const { invalid, alias, datacenterName, packageName, maxPhysicalMemory } = decode(values);
      for (const { reason } of invalid) expect(reason).toMatch(/^[ -~]+$/);
      for (const fact of [alias, datacenterName, packageName, maxPhysicalMemory])
        expect(fact ?? '').not.toMatch(/[\0-\x1f]/);
    }),
  );
});
