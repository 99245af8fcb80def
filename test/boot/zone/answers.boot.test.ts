import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boot, type Guest } from '../guest.ts';
import { bootPlace } from '../place.ts';
import { rootNamed } from '../roots.ts';
import {
  type Answer,
  answers,
  type Condition,
  errorNumbers,
  lastCall,
  mounts,
  proc,
  type Test,
  unameVersion,
} from './answers.ts';
import { zonePrograms } from './build.ts';

const place = bootPlace();
let guest: Guest;

beforeAll(async () => {
  const program = place.disk.path('/usr/bin/ask');
  mkdirSync(dirname(program), { recursive: true, mode: 0o755 });
  copyFileSync(zonePrograms().ask, program);
  guest = await boot(rootNamed('BusyBox init'), { disk: place.disk, agent: 'none', kernel: 'lx' });
  await guest.waitFor('getty', 'begin');
});
afterAll(async () => {
  await guest.end(['/sbin/poweroff']);
  place.remove();
});

/** The error numbers of calls, each `NUMBER ARGUMENT...`, asked in the box; 0 is success. */
async function errorsOf(calls: readonly string[]): Promise<number[]> {
  const script = calls.map((call) => `ask call ${call}`).join('\n');
  return (await guest.run('sh', '-c', script)).trim().split('\n').map(Number);
}

describe('a system call in the box', () => {
  test.each(
    answers
      .filter(({ answer }) => answer !== 'asked of the supervisor')
      .map((entry) => [title(entry), entry] as const),
  )('%s', async (_title, entry) => {
    const calls = fitting(entry).map((values) => `${entry.number} ${values.join(' ')}`);
    const wanted = entry.answer === 'success without effect' ? 0 : errorOf(entry.answer);
    expect(await errorsOf(calls)).toEqual(calls.map(() => wanted));
  });

  test(`is ${lastCall.answer} beyond number ${lastCall.number}`, async () => {
    // uretprobe and uprobe are the kernel's own way back from a probe: no filter sees them.
    const numbers = Array.from({ length: 150 }, (_, index) => lastCall.number + 1 + index).filter(
      (number) => ![335, 336].includes(number),
    );
    expect(await errorsOf(numbers.map(String))).toEqual(numbers.map(() => errorNumbers[lastCall.answer]));
  });

  test.each([
    ['getpid', '39'],
    ['prctl with PR_GET_DUMPABLE', '157 3'],
    ['prctl with PR_SET_KEEPCAPS', '157 8 0'],
    ['socket of AF_INET', '41 2 1 0'],
    ['socket of AF_UNIX', '41 1 1 0'],
    ['socket of NETLINK_ROUTE', '41 16 3 0'],
    ['socket of NETLINK_KOBJECT_UEVENT', '41 16 3 15'],
    ['ioctl with FIOCLEX', '16 1 0x5451 0'],
    ['getrandom of nothing', '318 0 0 0'],
    ['epoll_create1', '291 0'],
    ['eventfd2', '290 0 0'],
    ['inotify_init1', '294 0'],
    ['timerfd_create', '283 1 0'],
    ['sync', '162'],
  ])('is done as on Linux where lx has it: %s', async (_name, call) => {
    expect(await errorsOf([call])).toEqual([0]);
  });
});

describe('mount(2) in the box', () => {
  const [reads, bind, remount] = [0x1, 0x1000, 0x20];
  type Case = readonly [string, string, string, string, number, string, number];
  test.each<Case>([
    ['a missing type', '/mnt', '/mnt', '-', bind, '-', errorNumbers.EFAULT],
    ['a missing type, of a remount', '-', '/', '-', remount, '-', errorNumbers.EFAULT],
    ['a missing source', '-', '/mnt', 'tmpfs', 0, '-', errorNumbers.EFAULT],
    ['a type that is too long to be one', 'x', '/mnt', 'a-type-of-16-byt', 0, '-', errorNumbers.ENODEV],
    ...[
      'cgroup2',
      'devtmpfs',
      'devpts',
      'overlay',
      'ext4',
      'securityfs',
      'bpf',
      'ramfs',
      'mqueue',
      'hugetlbfs',
    ].map((type) => [`type ${type}`, 'x', '/mnt', type, 0, '-', errorNumbers.ENODEV] as const),
    ...Array.from({ length: 32 }, (_, bit) => 2 ** bit)
      .filter((flag) => (mounts.flags & flag) === 0)
      .map(
        (flag) =>
          [`flag 0x${flag.toString(16)}`, 'x', '/mnt', 'tmpfs', flag, '-', errorNumbers.ENOSYS] as const,
      ),
    ['an option that tmpfs has not', 'x', '/mnt', 'tmpfs', 0, 'size=1m,huge=never', errorNumbers.EINVAL],
    ['an empty option', 'x', '/mnt', 'tmpfs', 0, 'size=1m,,mode=755', errorNumbers.EINVAL],
    ['an option of proc', 'x', '/mnt', 'proc', 0, 'hidepid=2', errorNumbers.ENOSYS],
    ['an option of a bind mount', '/etc', '/mnt', 'none', bind, 'x', errorNumbers.ENOSYS],
    ['a bind mount', '/etc', '/mnt', 'none', bind, '-', 0],
    [
      'tmpfs with all of its options',
      'x',
      '/mnt',
      'tmpfs',
      reads,
      'size=1m,mode=755,uid=0,gid=0,nr_inodes=9',
      0,
    ],
    ['cgroup 1 with a name', 'x', '/mnt', 'cgroup', 0, 'none,name=systemd', 0],
    ['proc once more', 'proc', '/proc', 'proc', 0, '-', 0],
    ['sysfs', 'sysfs', '/media', 'sysfs', 0, '-', 0],
    ['sysfs once more', 'sysfs', '/sys', 'sysfs', 0, '-', errorNumbers.EBUSY],
    ['sysfs where there is no folder', 'sysfs', '/nowhere', 'sysfs', 0, '-', errorNumbers.ENOENT],
  ])('answers %s', async (_name, source, target, type, flags, options, wanted) => {
    const said = await guest.run('ask', 'mount', source, target, type, String(flags), options);
    expect(Number(said)).toBe(wanted);
  });
});

test('uname(2) tells the name of the box and the version that every zone has', async () => {
  expect(await guest.run('uname', '-nv')).toBe(`image ${unameVersion.text}\n`);
});

test('/proc/sys has what lx has, as far as Linux has it, and no more', async () => {
  const there = (await guest.run('find', '/proc/sys', '-type', 'f')).trim().split('\n');
  expect(there.map((path) => path.slice('/proc/sys/'.length)).sort()).toEqual([...proc.sys].sort());
});

test('/sys has network interfaces, without their state', async () => {
  expect((await guest.run('ls', '/sys')).trim().split('\n')).toEqual(['block', 'class', 'devices', 'fs']);
  expect((await guest.run('ls', '/sys/class/net/eth0/')).trim().split('\n')).toEqual([
    'addr_len',
    'address',
    'flags',
    'ifindex',
    'mtu',
    'tx_queue_len',
    'type',
  ]);
});

describe('the network of the box', () => {
  test('is listed by netlink and by the ioctls of interfaces, as a zone lists it', async () => {
    expect(await guest.run('ip', '-4', '-o', 'address', 'show', 'dev', 'eth0')).toMatch(/192\.0\.2\.10\/24/);
    expect(await guest.run('ip', 'route')).toMatch(/^default via 192\.0\.2\.1 dev eth0/);
  });

  test.each([
    'ip route add 198.51.100.0/24 via 192.0.2.1',
    'ip route replace default via 192.0.2.2',
    'ip address add 192.0.2.99/24 dev eth0',
    'ip link set lo down',
    'ip link add other type dummy',
    'ip neigh add 192.0.2.7 lladdr 02:00:00:00:00:01 dev eth0',
  ])('cannot be changed by netlink: %s', async (command) => {
    const before = await guest.run('sh', '-c', 'ip link; ip address; ip route');
    const said = await guest.run('sh', '-c', `${command} 2>&1; echo $?`);
    // The box's refusal is ERANGE: a zone's kernel says 122, which Linux has no way to say.
    expect(said).toBe('Error: integer out of range.\n2\n');
    expect(await guest.run('sh', '-c', 'ip link; ip address; ip route')).toBe(before);
  });

  test('has no IPv6 routes for netlink to list', async () => {
    expect(await guest.run('sh', '-c', 'ip -6 route 2>&1; echo $?')).toMatch(/Protocol error\n[^0]/);
  });

  test.each([
    ['203.0.113.0/24 192.0.2.254', 'ip route show 203.0.113.0/24', '203.0.113.0/24 via 192.0.2.254 dev eth0'],
    ['203.0.112.9 192.0.2.254', 'ip route show 203.0.112.9', '203.0.112.9 via 192.0.2.254 dev eth0'],
    ['203.0.111.0/24 -interface 192.0.2.10', 'ip route show 203.0.111.0/24', '203.0.111.0/24 dev eth0'],
  ])('gets and loses a route by the native route(8): add %s', async (route, show, shown) => {
    expect(await guest.run('sh', '-c', `/native/usr/sbin/route add ${route}`)).toMatch(/^add (net|host) /);
    expect(await guest.run('sh', '-c', show)).toContain(shown);
    const again = await guest.run('sh', '-c', `/native/usr/sbin/route add ${route}; echo $?`);
    expect(again).toMatch(/: entry exists\n1\n$/);
    await guest.run('sh', '-c', `/native/usr/sbin/route delete ${route}`);
    expect(await guest.run('sh', '-c', show)).toBe('');
  });

  test('gets an IPv6 route by the native route(8)', async () => {
    await guest.run('/native/usr/sbin/route', 'add', '-inet6', '2001:db8:9::/48', '-interface', '::1');
    expect(await guest.run('cat', '/proc/net/ipv6_route')).toMatch(
      /^20010db8000900000000000000000000 30 .* lo$/m,
    );
  });
});

test('whoever is in the box may administer the network, as in a zone, and can do nothing to the machine', async () => {
  // CAP_SYS_MODULE, SYS_RAWIO, SYS_TIME, MKNOD, SYSLOG, WAKE_ALARM.
  const dropped = [16, 17, 25, 27, 34, 35];
  const missing = bitsMissing(readFileSync('/proc/self/status', 'utf8'));
  expect(bitsMissing(await guest.run('cat', '/proc/self/status'))).toEqual(
    [...new Set([...missing, ...dropped])].sort((one, other) => one - other),
  );
});

/** The capabilities that are not in the bounding set that /proc/PID/status tells. */
function bitsMissing(status: string): number[] {
  const bound = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1]}`);
  return Array.from({ length: 41 }, (_, bit) => bit).filter((bit) => ((bound >> BigInt(bit)) & 1n) === 0n);
}

test('/native is what the platform has, and nobody can write there', async () => {
  expect(await guest.run('find', '/native/usr', '/native/sbin', '-type', 'f')).toBe(
    '/native/usr/sbin/route\n/native/sbin/route\n',
  );
  expect(await guest.run('sh', '-c', 'touch /native/usr/sbin/x 2>&1 || true')).toMatch(
    /Read-only file system/,
  );
});

/** What the table says of an entry, for people. */
function title({ call, when, answer }: Answer): string {
  if (when === undefined) return `${call} is ${answer}`;
  return `${call} is ${answer}: ${testsOf(when)
    .map((test) => `argument ${test.argument} ${Object.keys(test)[1]}`)
    .join(' and ')}`;
}

function errorOf(answer: Answer['answer']): number {
  const known: Readonly<Record<string, number>> = errorNumbers;
  const number = known[answer];
  if (number === undefined) throw new Error(`no number of ${answer}`);
  return number;
}

function testsOf(when: Condition): readonly Test[] {
  return 'all' in when ? when.all : [when];
}

/** Numbers that calls are tried with: small ones, single bits, and some that programs use. */
const tried = [
  ...Array.from({ length: 80 }, (_, number) => number),
  ...Array.from({ length: 31 }, (_, bit) => 2 ** bit),
  // PR_SET_VMA, PR_SET_PTRACER.
  ...[0x53564d41, 0x59616d61],
  // TIOCOUTQ, TIOCVHANGUP, TIOCGPTPEER, TCGETS2, FS_IOC_GETFLAGS, FICLONE, TUNSETIFF.
  ...[0x5411, 0x5437, 0x5441, 0x802c542a, 0x80086601, 0x40049409, 0x400454ca],
  // FIOSETOWN, SIOCADDRT, SIOCDELRT, SIOCSIFNAME, SIOCADDMULTI, SIOCETHTOOL, SIOCBRADDBR.
  ...[0x8901, 0x890b, 0x890c, 0x8923, 0x8931, 0x8946, 0x89a0],
  // A character and a block device.
  ...[0x2180, 0x6180],
];

/** Arguments of calls that an entry is the first one to fit. */
function fitting(entry: Answer): number[][] {
  if (entry.when === undefined) return [[0, 0, 0]];
  const ofCall = answers.filter(({ call }) => call === entry.call);
  const [first, second] = testsOf(entry.when).map(({ argument }) => argument);
  const calls = tried.flatMap((one) =>
    (second === undefined || second === first ? [0] : tried.slice(0, 80)).map((other) => {
      const values = [0, 1, 0];
      if (first !== undefined) values[first] = one;
      if (second !== undefined && second !== first) values[second] = other;
      return values;
    }),
  );
  const fits = calls.filter((values) => ofCall.find(({ when }) => meets(values, when)) === entry);
  if (fits.length === 0) throw new Error(`nothing that is tried fits: ${title(entry)}`);
  return fits.slice(0, 200);
}

function meets(values: readonly number[], when: Condition | undefined): boolean {
  return (
    when === undefined ||
    testsOf(when).every((test) => {
      const value = values[test.argument] ?? 0;
      if ('isOneOf' in test) return test.isOneOf.includes(value);
      if ('isNoneOf' in test) return !test.isNoneOf.includes(value);
      if ('bits' in test) return (value & test.bits.mask) === test.bits.are;
      return (value & test.hasAnyBitOf) !== 0;
    })
  );
}
