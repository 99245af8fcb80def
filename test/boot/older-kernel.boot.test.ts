import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ending, openScratch, type Scratch, treeOf } from './scratch.ts';

/** System calls that came after Linux 3.13, or that lx does not have; `?` where strace itself may not know one. */
const newer = [
  'statx',
  'clone3',
  'rseq',
  'openat2',
  'faccessat2',
  'close_range',
  'io_uring_setup',
  'io_uring_enter',
  'io_uring_register',
  'pidfd_open',
  'pidfd_send_signal',
  'pidfd_getfd',
  'copy_file_range',
  'membarrier',
  'memfd_create',
  'getrandom',
  'renameat2',
  'execveat',
  'mlock2',
  'preadv2',
  'pwritev2',
  'pkey_mprotect',
  'pkey_alloc',
  'pkey_free',
  'seccomp',
  'bpf',
  'userfaultfd',
  'sched_setattr',
  'sched_getattr',
  'epoll_pwait2',
  'fchmodat2',
  'futex_waitv',
  'process_madvise',
  'cachestat',
  'landlock_create_ruleset',
  'fsopen',
  'fsmount',
  'move_mount',
  'open_tree',
  'mount_setattr',
].map((name) => `?${name}`);

let scratch: Scratch;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

it('does the work of both stages on a kernel of Linux 3.13, without /sys, a writable /proc/sys or netlink', async () => {
  const reference = scratch.root('reference');
  expect((await ending(scratch.run(reference))).status).toBe(0);

  const root = scratch.root('older');
  const log = join(scratch.folder, 'calls');
  const set = newer.join(',');
  const older = [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'bash',
    '-c',
    'mount -t tmpfs tmpfs /sys && mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec "$@"',
    '-',
    'setarch',
    'x86_64',
    '--uname-2.6',
    'strace',
    '-f',
    '-qq',
    '-o',
    log,
    '-e',
    `trace=${set},socket`,
    '-e',
    `inject=${set}:error=ENOSYS`,
  ];
  const first = await ending([...older, ...scratch.run(root)]);
  expect(first).toMatchObject({ status: 0, signal: null });
  expect(treeOf(root)).toEqual(treeOf(reference));

  const calls = readFileSync(log, 'utf8');
  expect(calls).toMatch(/statx\(.*ENOSYS.*INJECTED/);
  // Netlink cannot be refused to one who never asks.
  expect(calls.match(/socket\(AF_\w+/g)).toEqual(['socket(AF_UNIX']);

  const again = await ending([...older, ...scratch.run(root, '--json')]);
  const report: { steps: { name: string; result: string }[] } = JSON.parse(again.said);
  expect(report.steps.filter(({ result }) => result === 'changed' || result === 'failed')).toEqual([]);
});
