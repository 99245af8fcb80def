import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boot, type Guest } from '../guest.ts';
import { bootPlace } from '../place.ts';
import { rootNamed } from '../roots.ts';
import {
  type Answer,
  answers,
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
      .filter(({ answer }) => answer !== 'asks the supervisor')
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

test('nobody changes an address or a route by netlink', async () => {
  const script =
    'ip route add 198.51.100.0/24 via 192.0.2.1; echo $?; ip address add 192.0.2.99/24 dev eth0; echo $?; ip route';
  const said = await guest.run('sh', '-c', `${script} 2>/dev/null`);
  expect(said).toMatch(/^2\n2\n/);
  expect(said).not.toMatch(/198\.51|192\.0\.2\.99/);
});

function title({ call, when, answer }: Answer): string {
  if (when === undefined) return `${call} is ${answer}`;
  const tests = 'all' in when ? when.all : [when];
  return `${call} is ${answer}: ${tests.map((test) => Object.keys(test)[1]).join(' and ')}`;
}

function errorOf(answer: Answer['answer']): number {
  const known: Readonly<Record<string, number>> = errorNumbers;
  const number = known[answer];
  if (number === undefined) throw new Error(`no number of ${answer}`);
  return number;
}

/** Arguments of calls that an entry is about: each value and each bit that it names. */
function fitting({ when }: Answer): number[][] {
  if (when === undefined) return [[0, 0, 0]];
  const tests = 'all' in when ? when.all : [when];
  const some = tests.map((test) => ({ argument: test.argument, values: valuesOf(test) }));
  const longest = Math.max(...some.map(({ values }) => values.length));
  return Array.from({ length: longest }, (_, index) => {
    const call = [0, 1, 0];
    for (const { argument, values } of some) call[argument] = values[index % values.length] ?? 0;
    return call;
  });
}

function valuesOf(test: Test): number[] {
  if ('isOneOf' in test) return [...test.isOneOf];
  if ('hasAnyBitOf' in test)
    return Array.from({ length: 31 }, (_, bit) => 2 ** bit).filter((bit) => (test.hasAnyBitOf & bit) !== 0);
  const candidates = [...Array.from({ length: 80 }, (_, number) => number), 0x53564d41, 0x59616d61];
  return candidates.filter((number) => !test.isNoneOf.includes(number) && !pretended.includes(number));
}

/** What an entry before has the answer to. */
const pretended = answers.flatMap(({ answer, when }) =>
  answer === 'success without effect' && when !== undefined && 'isOneOf' in when ? when.isOneOf : [],
);
