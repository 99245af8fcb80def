/** One system call that an lx zone's kernel answers otherwise than Linux does, and when it does. */
export interface Answer {
  /** The name of the call on x86-64. */
  readonly call: string;
  readonly number: number;
  /** Which of its uses are meant; all of them where this is absent. */
  readonly when?: Condition;
  readonly answer: ErrorName | 'success without effect' | 'asked of the supervisor';
  /** The file of illumos-joyent that says so, below `usr/src/`. */
  readonly source: string;
}

/** Arguments are counted from 0, and their lower 32 bits count. */
export type Condition = Test | { readonly all: readonly Test[] };
export type Test =
  | { readonly argument: number; readonly isOneOf: readonly number[] }
  | { readonly argument: number; readonly isNoneOf: readonly number[] }
  | { readonly argument: number; readonly hasAnyBitOf: number }
  | { readonly argument: number; readonly bits: { readonly mask: number; readonly are: number } };

/** Linux's numbers of the errors that the box answers with. */
export const errorNumbers = {
  EPERM: 1,
  ENOENT: 2,
  EFAULT: 14,
  EBUSY: 16,
  ENODEV: 19,
  EINVAL: 22,
  ENOTTY: 25,
  ENOSYS: 38,
  ENOPROTOOPT: 92,
  EPROTONOSUPPORT: 93,
  EOPNOTSUPP: 95,
  EAFNOSUPPORT: 97,
} as const;
export type ErrorName = keyof typeof errorNumbers;

const table = 'uts/common/brand/lx/os/lx_syscall.c';

/** The last system call of lx's table for 64-bit programs (execveat); every number after it is ENOSYS. */
export const lastCall = { number: 322, answer: 'ENOSYS', source: table } as const;

/** Calls that lx's table names but does not have: ENOTSUP inside, which a Linux program sees as ENOSYS. */
const withoutHandler: Readonly<Record<string, number>> = {
  uselib: 134,
  ustat: 136,
  pivot_root: 155,
  iopl: 172,
  ioperm: 173,
  create_module: 174,
  init_module: 175,
  delete_module: 176,
  get_kernel_syms: 177,
  quotactl: 179,
  nfsservctl: 180,
  getpmsg: 181,
  putpmsg: 182,
  afs_syscall: 183,
  tuxcall: 184,
  security: 185,
  readahead: 187,
  lookup_dcookie: 212,
  epoll_ctl_old: 214,
  epoll_wait_old: 215,
  remap_file_pages: 216,
  vserver: 236,
  mbind: 237,
  set_mempolicy: 238,
  get_mempolicy: 239,
  mq_open: 240,
  mq_unlink: 241,
  mq_timedsend: 242,
  mq_timedreceive: 243,
  mq_notify: 244,
  mq_getsetattr: 245,
  kexec_load: 246,
  add_key: 248,
  request_key: 249,
  keyctl: 250,
  migrate_pages: 256,
  tee: 276,
  vmsplice: 278,
  move_pages: 279,
  perf_event_open: 298,
  fanotify_init: 300,
  fanotify_mark: 301,
  name_to_handle_at: 303,
  open_by_handle_at: 304,
  clock_adjtime: 305,
  setns: 308,
  process_vm_readv: 310,
  process_vm_writev: 311,
  kcmp: 312,
  finit_module: 313,
  renameat2: 316,
  seccomp: 317,
  memfd_create: 319,
  kexec_file_load: 320,
  bpf: 321,
  execveat: 322,
};

const prctl = 'uts/common/brand/lx/syscall/lx_prctl.c';

/** The options of prctl(2) that lx does something for: PDEATHSIG, DUMPABLE, KEEPCAPS, NAME. */
const prctlOptions = {
  setPdeathsig: 1,
  getPdeathsig: 2,
  getDumpable: 3,
  setDumpable: 4,
  setKeepcaps: 8,
  setName: 15,
  getName: 16,
};
/** Those that it takes and does nothing for: CAPBSET_DROP, GET_SECUREBITS, SET_SECUREBITS. */
const prctlPretended = [24, 27, 28];

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const newNamespaces = 0x7e020000;

/** The requests of ioctl(2) that lx translates. */
const ioctlRequests = {
  terminal: [
    0x5401, 0x5402, 0x5403, 0x5404, 0x5405, 0x5406, 0x5407, 0x5408, 0x5409, 0x540a, 0x540b, 0x540c, 0x540d,
    0x540e, 0x540f, 0x5410, 0x5412, 0x5413, 0x5414, 0x5416, 0x5417, 0x5418, 0x541b, 0x5420, 0x5421, 0x5422,
    0x5423, 0x5424, 0x5425, 0x5429, 0x5450, 0x5451, 0x5452, 0x40045431, 0x80045430,
  ],
  socket: [
    0x8902, 0x8903, 0x8904, 0x8905, 0x8906, 0x8910, 0x8912, 0x8913, 0x8914, 0x8915, 0x8916, 0x8917, 0x8918,
    0x8919, 0x891a, 0x891b, 0x891c, 0x891d, 0x891e, 0x8921, 0x8922, 0x8924, 0x8927, 0x8933, 0x8942,
  ],
  disk: [0x301, 0x1260, 0x1268, 0x80081272],
  autofs: [
    0x9360,
    0x9361,
    0x9362,
    0x80049363,
    0xc0089364,
    0x810c9365,
    0x40049366,
    0x80049367,
    0x80049370,
    ...Array.from({ length: 14 }, (_, index) => 0xc0189371 + index),
  ],
};
const ioctl = 'uts/common/brand/lx/syscall/lx_ioctl.c';

const socket = 'uts/common/brand/lx/syscall/lx_socket.c';
const family = { unix: 1, inet: 2, inet6: 10, netlink: 16, packet: 17 };
/** Families that Linux numbers up to RXRPC, the last one that lx knows the number of. */
const unsupportedFamilies = Array.from({ length: 34 }, (_, number) => number).filter(
  (number) => !Object.values<number>(family).includes(number),
);
/** NETLINK_ROUTE, NETLINK_AUDIT, NETLINK_KOBJECT_UEVENT. */
const netlinkProtocols = [0, 9, 15];
const netlinkSource = 'uts/common/brand/lx/io/lx_netlink.c';

/** Where the privileges are asked for that a zone has not: to set the clock, to make devices. */
const policy = 'uts/common/os/policy.c';

const mount = 'uts/common/brand/lx/syscall/lx_mount.c';

/** S_IFCHR; S_IFBLK has the same bits but for 0x4000. */
const deviceMode = 0x2000;

/**
 * All that is answered by system call, in the order in which it is tried: the first that fits counts. What the
 * supervisor is asked is decided by supervisor.c.
 */
export const answers: readonly Answer[] = [
  ...Object.entries(withoutHandler).map(
    ([call, number]): Answer => ({ call, number, answer: 'ENOSYS', source: table }),
  ),
  { call: 'unshare', number: 272, answer: 'EPERM', source: 'uts/common/brand/lx/syscall/lx_miscsys.c' },
  {
    call: 'clone',
    number: 56,
    when: { argument: 0, hasAnyBitOf: newNamespaces },
    answer: 'EINVAL',
    source: 'lib/brand/lx/lx_brand/common/clone.c',
  },
  {
    call: 'prctl',
    number: 157,
    when: { argument: 0, isOneOf: prctlPretended },
    answer: 'success without effect',
    source: prctl,
  },
  {
    call: 'prctl',
    number: 157,
    when: { argument: 0, isNoneOf: Object.values(prctlOptions) },
    answer: 'EINVAL',
    source: prctl,
  },
  {
    call: 'socket',
    number: 41,
    when: { argument: 0, isOneOf: unsupportedFamilies },
    answer: 'EAFNOSUPPORT',
    source: socket,
  },
  {
    call: 'socket',
    number: 41,
    when: { argument: 0, isNoneOf: [...unsupportedFamilies, ...Object.values(family)] },
    answer: 'EINVAL',
    source: socket,
  },
  {
    call: 'socket',
    number: 41,
    when: {
      all: [
        { argument: 0, isOneOf: [family.netlink] },
        { argument: 2, isNoneOf: netlinkProtocols },
      ],
    },
    answer: 'EPROTONOSUPPORT',
    source: netlinkSource,
  },
  {
    // SIOCADDRT and SIOCDELRT, SIOCETHTOOL, SIOCSIFNAME…
    call: 'ioctl',
    number: 16,
    when: {
      all: [
        { argument: 1, isNoneOf: ioctlRequests.socket },
        { argument: 1, bits: { mask: 0xff00, are: 0x8900 } },
      ],
    },
    answer: 'EOPNOTSUPP',
    source: ioctl,
  },
  {
    // TIOCOUTQ, TIOCVHANGUP, TIOCGPTPEER, FS_IOC_GETFLAGS, FICLONE…
    call: 'ioctl',
    number: 16,
    when: { argument: 1, isNoneOf: Object.values(ioctlRequests).flat() },
    answer: 'ENOTTY',
    source: ioctl,
  },
  { call: 'adjtimex', number: 159, answer: 'EPERM', source: policy },
  { call: 'settimeofday', number: 164, answer: 'EPERM', source: policy },
  { call: 'clock_settime', number: 227, answer: 'EPERM', source: policy },
  {
    call: 'mknod',
    number: 133,
    when: { argument: 1, bits: { mask: 0xb000, are: deviceMode } },
    answer: 'EPERM',
    source: policy,
  },
  {
    call: 'mknodat',
    number: 259,
    when: { argument: 2, bits: { mask: 0xb000, are: deviceMode } },
    answer: 'EPERM',
    source: policy,
  },
  {
    call: 'waitid',
    number: 247,
    // P_PIDFD, by which the C library asks whether clone gives descriptors of processes.
    when: { argument: 0, isOneOf: [3] },
    answer: 'EINVAL',
    source: 'uts/common/brand/lx/syscall/lx_wait.c',
  },
  ...[
    { call: 'setsockopt', number: 54 },
    { call: 'getsockopt', number: 55 },
  ].map(
    (one): Answer => ({
      ...one,
      // SOL_SOCKET with SO_PASSPIDFD or SO_PEERPIDFD: the only ways to a descriptor of a process but pidfd_open.
      when: {
        all: [
          { argument: 1, isOneOf: [1] },
          { argument: 2, isOneOf: [76, 77] },
        ],
      },
      answer: 'ENOPROTOOPT',
      source: socket,
    }),
  ),
  {
    call: 'mount',
    number: 165,
    answer: 'asked of the supervisor',
    source: mount,
  },
  {
    // Only MNT_FORCE is known. Debian's sysvinit is linked with libselinux, which would unmount /proc with MNT_DETACH:
    // a mount of proc on itself has succeeded.
    call: 'umount2',
    number: 166,
    when: { argument: 1, hasAnyBitOf: 0xfffffffe },
    answer: 'EINVAL',
    source: mount,
  },
  {
    call: 'uname',
    number: 63,
    answer: 'asked of the supervisor',
    source: 'uts/common/brand/lx/sys/lx_brand.h',
  },
  { call: 'sendto', number: 44, answer: 'asked of the supervisor', source: netlinkSource },
  { call: 'sendmsg', number: 46, answer: 'asked of the supervisor', source: netlinkSource },
];

/**
 * A call that no kernel has: by it the stand-in for illumos's route(8) asks the supervisor for a route. lx lets native
 * programs go past its table (`uts/common/brand/lx/os/lx_brand.c`).
 */
export const routeCall = 5000;

/** What lx does for a message on a socket of NETLINK_ROUTE, for the supervisor; every other type is EOPNOTSUPP. */
export const netlink = {
  source: netlinkSource,
  /** RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE (that of IPv6 is EPROTO). */
  requests: [18, 22, 26],
} as const;

/** What mount(2) of an lx zone takes, for the supervisor: file system types with their options, and flags. */
export const mounts = {
  source: mount,
  /** A type that is not here is ENODEV. `undefined` means that the options are not looked at. */
  types: {
    tmpfs: ['size', 'mode', 'uid', 'gid', 'nr_inodes'],
    proc: [],
    sysfs: [],
    cgroup: undefined,
    autofs: ['fd', 'pgrp', 'minproto', 'maxproto', 'indirect', 'direct', 'offset'],
    nfs: undefined,
    nfs4: undefined,
  } satisfies Readonly<Record<string, readonly string[] | undefined>>,
  /** Hierarchies that the guest gets a group of its own in before init: a hierarchy is one for the whole machine. */
  hierarchies: ['systemd', 'openrc', 'elogind'],
  /** Options of every type that takes any; those of a type that takes none are ENOSYS, others EINVAL. */
  commonOptions: ['exec', 'noexec', 'devices', 'nodevices', 'dev', 'nodev', 'suid', 'nosuid'],
  /**
   * RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, NOATIME, BIND, SILENT, STRICTATIME, and what Linux keeps to itself (the
   * magic number, NOSEC, BORN, ACTIVE, NOUSER). Any other flag (REC, PRIVATE, SLAVE, SHARED, MOVE, RELATIME,
   * NODIRATIME…) is ENOSYS.
   */
  flags: 0xf1ed942f,
} as const;

/** uname(2) of a zone. */
export const unameVersion = {
  text: 'BrandZ virtual linux',
  source: 'uts/common/brand/lx/sys/lx_brand.h',
} as const;

/** What an lx zone's /proc has where Linux has more. */
export const proc = {
  source: 'uts/common/brand/lx/procfs/lx_prvnops.c',
  /** All that there is below /proc/sys. */
  sys: [
    'fs/file-max',
    'fs/inotify/max_queued_events',
    'fs/inotify/max_user_instances',
    'fs/inotify/max_user_watches',
    'kernel/cap_last_cap',
    'kernel/core_pattern',
    'kernel/hostname',
    'kernel/msgmni',
    'kernel/ngroups_max',
    'kernel/osrelease',
    'kernel/pid_max',
    'kernel/random/boot_id',
    'kernel/sem',
    'kernel/shmall',
    'kernel/shmmax',
    'kernel/shmmni',
    'kernel/threads-max',
    'net/core/somaxconn',
    'net/ipv4/ip_local_port_range',
    'net/ipv4/tcp_fin_timeout',
    'net/ipv4/tcp_keepalive_intvl',
    'net/ipv4/tcp_keepalive_time',
    'net/ipv4/tcp_max_syn_backlog',
    'net/ipv4/tcp_rmem',
    'net/ipv4/tcp_sack',
    'net/ipv4/tcp_window_scaling',
    'net/ipv4/tcp_wmem',
    'vm/max_map_count',
    'vm/min_free_kbytes',
    'vm/nr_hugepages',
    'vm/overcommit_memory',
    'vm/swappiness',
  ],
  /** No controllers: the hierarchies that an init names itself are all that there is. */
  cgroups: '#subsys_name\thierarchy\tnum_cgroups\tenabled\n',
  filesystems: ['autofs', 'cgroup', 'proc', 'sysfs', 'tmpfs'],
} as const;
