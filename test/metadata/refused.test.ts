import { describe, expect, it } from 'vitest';
import type { Answer } from '../../agent/metadata/answer.ts';
import { collectComplaints, quote } from '../../agent/metadata/complaints.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import { keys } from '../../agent/metadata/keys.ts';

// What an operator reads about a value that cannot be used, word for word, and what is taken without a word.

function decode(values: Readonly<Record<string, string | Buffer>>) {
  const answers = Object.entries(values).map(([key, value]): [string, Answer] => [
    key,
    { status: 'found', value: Buffer.from(value) },
  ]);
  return decodeInstance(new Map(answers));
}

const uuid = '7f2c1a04-3f0e-4f0b-9d53-0a4b1f6f6a01';
const nic = (fields: object) =>
  JSON.stringify([{ interface: 'net0', mac: '2:8:20:0:0:1', primary: true, ...fields }]);
const route = (fields: object) => JSON.stringify([{ dst: '10.0.0.0/8', gateway: '192.0.2.1', ...fields }]);
const https = 'https://example.com/s';

describe('a value that cannot be used is refused with the reason', () => {
  it.each<[string, string | Buffer, ...string[]]>([
    ['sdc:uuid', 'nonsense', '"nonsense" is not a UUID'],
    ['hostname', 'a b', '"a b" is not a host name'],
    ['sdc:hostname', 'web..', '"web." is not a host name'],
    ['hostname', 'w'.repeat(64), `"${'w'.repeat(60)}" is not a host name`],
    ['hostname', 'a'.repeat(4097), '4 KiB, more than the 4 KiB that make sense'],
    ['sdc:alias', 'one\ntwo', '"one\\ntwo" is not plain text'],
    ['sdc:alias', 'a'.repeat(1025), `"${'a'.repeat(60)}" is not plain text`],
    ['sdc:alias', '\u00a0web', '"\\u00a0web" is not plain text'],
    ['sdc:alias', 'w\u200beb', '"w\\u200beb" is not plain text'],
    ['sdc:alias', 'w\u2028eb', '"w\\u2028eb" is not plain text'],
    ['sdc:dns_domain', 'example.com, a..b', '"a..b" is not a DNS domain'],
    ['sdc:resolvers', '{}', 'not a JSON array'],
    ['sdc:resolvers', '[', 'not a JSON array'],
    ['sdc:resolvers', '["web", 7]', '"web" is not an address', '7 is not an address'],
    ['sdc:maintain_resolvers', 'yes', '"yes" is neither true nor false'],
    ['sdc:nics', '"net0"', 'not a JSON array'],
    ['sdc:nics', '[7]', '[0]: 7 is not an object'],
    ['sdc:nics', nic({ interface: 'eth0' }), '[0]: interface "eth0" is not netN'],
    ['sdc:nics', nic({ interface: 'net01' }), '[0]: interface "net01" is not netN'],
    ['sdc:nics', nic({ interface: 'net10000' }), '[0]: interface "net10000" is not netN'],
    ['sdc:nics', nic({ interface: 'xnet1' }), '[0]: interface "xnet1" is not netN'],
    ['sdc:nics', nic({ interface: 7 }), '[0]: interface: 7 cannot be used', '[0]: interface is missing'],
    ['sdc:nics', nic({ mac: 'x' }), '[0]: mac "x" is not a MAC address; net0 goes by its number'],
    ['sdc:nics', nic({ mac: null }), '[0]: mac is missing; net0 goes by its number'],
    ['sdc:nics', nic({ mac: undefined }), '[0]: mac is missing; net0 goes by its number'],
    ['sdc:nics', nic({ ips: ['192.0.2.1'] }), '[0]: "192.0.2.1" is not an address with a prefix length'],
    ['sdc:nics', nic({ gateways: ['router'] }), '[0]: gateway "router" is not an address'],
    ['sdc:nics', nic({ gateway: 'router' }), '[0]: gateway "router" is not an address'],
    ['sdc:nics', nic({ mtu: 67 }), '[0]: mtu: 67 cannot be used'],
    ['sdc:nics', nic({ mtu: 65536 }), '[0]: mtu: 65536 cannot be used'],
    ['sdc:nics', nic({ mtu: 1500.5 }), '[0]: mtu: 1500.5 cannot be used'],
    ['sdc:nics', nic({ ips: {} }), '[0]: ips: an object cannot be used'],
    ['sdc:nics', nic({ primary: false }), 'no NIC is primary; taking net0'],
    [
      'sdc:nics',
      nic({ primary: 'yes' }),
      '[0]: primary: "yes" cannot be used',
      'no NIC is primary; taking net0',
    ],
    ['sdc:routes', '7', 'not a JSON array'],
    ['sdc:routes', '["x"]', '[0]: "x" is not an object'],
    ['sdc:routes', route({ dst: 'x' }), '[0]: dst "x" is neither an address nor a network'],
    ['sdc:routes', route({ gateway: '0.0.0.0' }), '[0]: gateway "0.0.0.0" is not an address'],
    ['sdc:routes', route({ dst: null }), '[0]: dst is missing'],
    ['sdc:routes', route({ gateway: null }), '[0]: gateway is missing'],
    ['sdc:routes', '[{}]', '[0]: dst is missing', '[0]: gateway is missing'],
    ['sdc:routes', route({ linklocal: 1 }), '[0]: linklocal: 1 cannot be used'],
    [
      'sdc:routes',
      route({ gateway: '2001:db8::1' }),
      '[0]: 10.0.0.0/8 and its gateway 2001:db8::1 are of two families',
    ],
    ['user-script', Buffer.from('feff0023', 'hex'), 'is UTF-16 text; save it as UTF-8'],
    ['user-script-url', 'ftp://example.com/s', 'not an http or https URL'],
    ['operator-script-url', 'https://', 'not an http or https URL'],
    ['user-script-url', 'https://example.com/a b', 'not an http or https URL'],
    ['user-script-url', `${https}${'x'.repeat(4096)}`, '4 KiB, more than the 4 KiB that make sense'],
    ['root_authorized_keys', 'nonsense', 'line 1 is neither a key nor a comment'],
    [
      'root_authorized_keys',
      `# mine\nssh-rsa AAAA ${'x'.repeat(16 * 1024)}`,
      'line 2 is longer than 16384 characters',
    ],
    ['root_authorized_keys', 'ssh-rsa AAAA\u007f', 'line 1 holds a control character'],
    ['root_authorized_keys', `#${'x'.repeat(1024 * 1024)}`, '1 MiB, more than the 1 MiB that make sense'],
    ['lx-agent:boot', 'no', '"no" is not `off`'],
    ['sdc:datacenter_name', 'a\u0000b', '"a\\u0000b" is not plain text'],
    ['sdc:owner_uuid', 'me', '"me" is not a UUID'],
    ['sdc:image_uuid', 'mine', '"mine" is not a UUID'],
    ['sdc:package_name', 'a\tb', '"a\\tb" is not plain text'],
    ['sdc:max_physical_memory', '1 GiB', '"1 GiB" is not a number of MiB'],
    ['sdc:max_physical_memory', '1234567890123', '"1234567890123" is not a number of MiB'],
    ['sdc:max_physical_memory', 'x1024', '"x1024" is not a number of MiB'],
  ])('%s: %.60j', (key, value, ...reasons) => {
    expect(decode({ [key]: value }).invalid).toEqual(reasons.map((reason) => ({ key, reason })));
  });

  it('also of the digest of a script, which is then not fetched', () => {
    for (const digest of ['zz', 'a'.repeat(63), 'a'.repeat(65), `${'a'.repeat(63)}g`]) {
      const { userScript, invalid } = decode({ 'user-script-url': https, 'user-script-sha256': digest });
      expect(userScript).toBeUndefined();
      expect(invalid).toEqual([
        { key: 'user-script-sha256', reason: 'not 64 hexadecimal digits; the script is not fetched' },
      ]);
    }
  });

  it.each(Object.keys(keys))('also where the server failed to give it: %s', (key) => {
    const failed = new Map<string, Answer>([[key, { status: 'failed', reason: 'no answer' }]]);
    expect(decodeInstance(failed).invalid).toEqual([
      { key, reason: 'the server could not give it: "no answer"' },
    ]);
  });

  it('of NICs: two of one name, two of one MAC address, two primaries', () => {
    const { nics, invalid } = decode({
      'sdc:nics': JSON.stringify([
        { interface: 'net0', mac: '2:8:20:0:0:1', primary: true },
        { interface: 'net0', mac: '2:8:20:0:0:2' },
        { interface: 'net1', mac: '2:8:20:0:0:1', primary: 'true' },
      ]),
    });
    expect(nics?.map(({ name, mac, primary }) => [name, mac, primary])).toEqual([
      ['net0', '02:08:20:00:00:01', true],
      ['net1', undefined, false],
    ]);
    expect(invalid.map(({ reason }) => reason)).toEqual([
      '[1]: a second net0; the first one holds',
      "[2]: the MAC address 02:08:20:00:00:01 is another NIC's; net1 goes by its number",
      '2 NICs are primary; net0 holds',
    ]);
  });
});

describe('a value is taken without a word', () => {
  it.each<[string, string, object]>([
    ['sdc:uuid', uuid.toUpperCase(), { uuid, hostname: uuid }],
    ['sdc:alias', ' web 1\n', { alias: 'web 1' }],
    ['sdc:alias', 'a'.repeat(1024), { alias: 'a'.repeat(1024) }],
    ['sdc:alias', ' \r\n', { alias: undefined }],
    ['hostname', '\n', { hostname: undefined }],
    ['sdc:dns_domain', 'example.com.', { dnsDomain: 'example.com', searchDomains: ['example.com'] }],
    [
      'sdc:dns_domain',
      'a.example , b.example;c.example\td.example a.example',
      { searchDomains: ['a.example', 'b.example', 'c.example', 'd.example'] },
    ],
    ['sdc:resolvers', ' ', { resolvers: undefined }],
    ['sdc:resolvers', '[" 192.0.2.53\\n"]', { resolvers: ['192.0.2.53'] }],
    ['sdc:maintain_resolvers', 'true\n', { maintainResolvers: true }],
    ['sdc:maintain_resolvers', 'false', { maintainResolvers: false }],
    ['sdc:nics', '[]', { nics: [] }],
    ['sdc:routes', '[]', { routes: [] }],
    ['docker:id', 'x', { docker: true }],
    ['lx-agent:boot', 'off\n', { platformAgentOff: true }],
    ['user-data', 'x', { userData: Buffer.from('x') }],
    ['user-script', '', { userScript: undefined }],
    ['user-script', 'exit 0', { userScript: { from: 'metadata', body: Buffer.from('exit 0') } }],
    ['user-script-url', https, { userScript: { from: 'url', url: https, sha256: undefined } }],
    [
      'operator-script-url',
      'http://example.com',
      { operatorScript: { from: 'url', url: 'http://example.com', sha256: undefined } },
    ],
    ['user-script-sha256', 'zz', { userScript: undefined }],
    ['root_authorized_keys', ' \n\u00a0\n', { rootAuthorizedKeys: '' }],
    ['sdc:datacenter_name', 'east-1', { datacenterName: 'east-1' }],
    ['sdc:owner_uuid', uuid, { ownerUuid: uuid }],
    ['sdc:image_uuid', uuid, { imageUuid: uuid }],
    ['sdc:package_name', 'small', { packageName: 'small' }],
    ['sdc:max_physical_memory', '999999999999', { maxPhysicalMemory: '999999999999' }],
  ])('%s: %j', (key, value, expected) => {
    const instance = decode({ [key]: value });
    expect(instance).toMatchObject(expected);
    expect(instance.invalid).toEqual([]);
  });

  it('of the digest of a script in either case, and an empty one is none', () => {
    const digest = 'Ab'.repeat(32);
    const sha256Of = (value: string) =>
      decode({ 'user-script-url': https, 'user-script-sha256': value }).userScript;
    expect(sha256Of(digest)).toEqual({ from: 'url', url: https, sha256: digest.toLowerCase() });
    expect(sha256Of('')).toEqual({ from: 'url', url: https, sha256: undefined });
  });

  it('of a NIC: every field, in the older forms too', () => {
    const older = nic({
      ip: '192.0.2.10',
      netmask: '255.255.255.0',
      gateway: '192.0.2.1',
      primary: 'true',
      mtu: 68,
    });
    expect(decode({ 'sdc:nics': older })).toMatchObject({
      invalid: [],
      nics: [
        {
          addresses: ['192.0.2.10/24'],
          gateways: ['192.0.2.1'],
          dhcp: false,
          addrconf: false,
          primary: true,
          mtu: 68,
        },
      ],
    });
    const newer = nic({
      interface: 'net9999',
      ips: ['dhcp', 'addrconf', '192.0.2.10/24', '192.0.2.10/24'],
      gateways: ['192.0.2.1', '192.0.2.1'],
      mtu: 65535,
    });
    expect(decode({ 'sdc:nics': newer })).toMatchObject({
      invalid: [],
      nics: [
        {
          index: 9999,
          addresses: ['192.0.2.10/24'],
          gateways: ['192.0.2.1'],
          dhcp: true,
          addrconf: true,
          mtu: 65535,
        },
      ],
    });
  });

  it('of a route whose gateway is our own address, in either form', () => {
    for (const linklocal of [true, 'true'])
      expect(decode({ 'sdc:routes': route({ linklocal }) }).routes).toMatchObject([{ linkLocal: true }]);
    for (const linklocal of [false, 'false', null])
      expect(decode({ 'sdc:routes': route({ linklocal }) }).routes).toMatchObject([{ linkLocal: false }]);
  });

  it('of nothing: an instance without metadata', () => {
    const known = Object.entries(decode({})).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(known)).toEqual({
      searchDomains: [],
      maintainResolvers: false,
      docker: false,
      platformAgentOff: false,
      invalid: [],
    });
  });
});

describe('many reasons for one key', () => {
  it.each([
    [20, []],
    [21, ['and 1 more faults of this kind']],
    [23, ['and 3 more faults of this kind']],
  ])('%i are cut to 20 and the number of the others', (count, more) => {
    const complaints = collectComplaints();
    for (let one = 0; one < count; one++) complaints.add('a', `reason ${one}`);
    complaints.add('b', 'another');
    expect(complaints.list()).toEqual([
      ...Array.from({ length: 20 }, (_, one) => ({ key: 'a', reason: `reason ${one}` })),
      ...more.map((reason) => ({ key: 'a', reason })),
      { key: 'b', reason: 'another' },
    ]);
  });
});

it.each([
  ['text', '"text"'],
  ['é"\n', '"\\u00e9\\"\\n"'],
  ['\u{1f600}', '"\\ud83d\\ude00"'],
  [7, '7'],
  [null, 'null'],
  [undefined, 'undefined'],
  [[1], 'an array'],
  [{ a: 1 }, 'an object'],
  ['x'.repeat(61), `"${'x'.repeat(60)}"`],
  [`${'x'.repeat(52)}"""""""""`, `"${'x'.repeat(52)}${'\\"'.repeat(8)}"`],
  [`${'x'.repeat(51)}"""""""""`, `"${'x'.repeat(51)}${'\\"'.repeat(7)}\\...`],
])('%j is quoted in one printable line of at most 70 characters: %s', (value, quoted) => {
  expect(quote(value)).toBe(quoted);
  expect(quoted.length).toBeLessThanOrEqual(70);
});
