/**
 * A directive of systemd.exec(5) that asks for something that a zone's kernel refuses. systemd then does not start the
 * unit.
 */
export interface RefusedDirective {
  readonly name: string;
  /** Whether this value asks for it. If this is absent, every value that is not empty does. */
  readonly asks?: (value: string) => boolean;
  /** It asks for it only in a unit that sets User= to another user than root. */
  readonly withUser?: true;
  /** What the kernel refuses, as a clause. */
  readonly reason: string;
  /** The file of illumos-joyent that says so. */
  readonly source: string;
  /** The exit status that systemd gives to the failed step: systemd.exec(5), "Process Exit Codes". */
  readonly step: number;
  /** What to do instead, if it would do harm to turn the directive off. The generator then leaves it on. */
  readonly instead?: string;
  /** The unit starts in spite of it, but without what it asks for. */
  readonly starts?: true;
}

const isTrue = (value: string) => /^(1|yes|y|true|t|on)$/i.test(value);
const isNotFalse = (value: string) => !/^(0|no|n|false|f|off)$/i.test(value);

const step = {
  limits: 205,
  timerSlack: 212,
  user: 217,
  capabilities: 218,
  network: 225,
  namespace: 226,
  noNewPrivileges: 227,
  credentials: 243,
  ksm: 245,
} as const;

const newPrivileges = {
  reason: 'the kernel refuses PR_SET_NO_NEW_PRIVS',
  source: 'lx_prctl.c',
  step: step.noNewPrivileges,
};
const mountNamespace = {
  reason: 'the kernel has no mount namespaces',
  source: 'clone.c, lx_miscsys.c',
  step: step.namespace,
};
const credentials = { ...mountNamespace, step: step.credentials };
const image = {
  ...mountNamespace,
  instead: 'unpack the image into a folder of the root, and name that folder instead',
};
const named = <const T extends object>(names: string, one: T) =>
  names.split(' ').map((name) => ({ name, ...one }));

/** In the order in which systemd applies them. units/systemd/lx-agent-generator turns off those without `instead`. */
export const refusedDirectives: readonly RefusedDirective[] = [
  {
    name: 'DynamicUser',
    asks: isTrue,
    reason: 'the kernel has no mount namespaces, and systemd makes no user without one',
    source: 'clone.c, lx_miscsys.c',
    step: step.namespace,
    instead:
      'make a user (useradd --system NAME), and name it in a drop-in (systemctl edit UNIT): [Service], DynamicUser=no, User=NAME',
  },
  {
    name: 'AmbientCapabilities',
    withUser: true,
    // The kernel keeps no audit log, so a service loses nothing if it may not write to it.
    asks: (value) => value.split(/\s+/).some((capability) => !/^CAP_AUDIT_/i.test(capability)),
    reason: 'the kernel refuses PR_CAP_AMBIENT, so the service runs without the capability',
    source: 'lx_prctl.c',
    step: step.capabilities,
    instead:
      'give the service what it needs in another way: a port above 1023, a group, or User=root if it drops root itself',
    starts: true,
  },
  { name: 'NoNewPrivileges', asks: isTrue, ...newPrivileges },
  ...named('SystemCallFilter SystemCallArchitectures RestrictAddressFamilies SystemCallLog', {
    withUser: true,
    ...newPrivileges,
  } as const),
  ...named(
    `MemoryDenyWriteExecute RestrictRealtime RestrictSUIDSGID RestrictNamespaces LockPersonality PrivateDevices ProtectKernelTunables ProtectKernelModules ProtectKernelLogs ProtectClock ProtectHostname`,
    { withUser: true, asks: isNotFalse, ...newPrivileges } as const,
  ),
  ...named(
    'LoadCredential SetCredential LoadCredentialEncrypted SetCredentialEncrypted ImportCredential',
    credentials,
  ),
  {
    name: 'PrivateUsers',
    asks: isNotFalse,
    reason: 'the kernel has no user namespaces',
    source: 'clone.c',
    step: step.user,
  },
  ...named('BindPaths BindReadOnlyPaths TemporaryFileSystem LogNamespace', mountNamespace),
  { name: 'PrivatePIDs', asks: isNotFalse, ...mountNamespace },
  { name: 'ProtectControlGroups', asks: (value) => /^(private|strict)$/i.test(value), ...mountNamespace },
  ...named('RootImage MountImages ExtensionImages ExtensionDirectories', image),
  {
    name: 'NetworkNamespacePath',
    reason: 'the kernel has no network namespaces: the service is in the network of the zone',
    source: 'lx_syscall.c (setns)',
    step: step.network,
  },
  {
    name: 'IPCNamespacePath',
    reason: 'the kernel has no IPC namespaces',
    source: 'lx_syscall.c (setns)',
    step: step.namespace,
  },
  {
    name: 'TimerSlackNSec',
    asks: (value) => value !== 'infinity',
    reason: 'the kernel refuses PR_SET_TIMERSLACK',
    source: 'lx_prctl.c',
    step: step.timerSlack,
  },
  {
    name: 'MemoryKSM',
    reason: 'the kernel refuses PR_SET_MEMORY_MERGE',
    source: 'lx_prctl.c',
    step: step.ksm,
  },
  {
    name: 'CoredumpFilter',
    reason: 'there is no /proc/self/coredump_filter',
    source: 'lx_proc.h',
    step: step.limits,
  },
];

/** Steps that fail only because of the kernel, whatever the unit contains. */
export const refusedSteps: Readonly<Record<number, string>> = {
  [step.timerSlack]: 'TIMERSLACK',
  [step.network]: 'NETWORK',
  [step.namespace]: 'NAMESPACE',
  [step.noNewPrivileges]: 'NO_NEW_PRIVILEGES',
  // systemd before 231 does not check whether the kernel has system call filters.
  228: 'SECCOMP',
  232: 'ADDRESS_FAMILIES',
  [step.credentials]: 'CREDENTIALS',
};
/** These steps, and those that can also fail for other reasons, such as a missing user. */
export const stepNames: Readonly<Record<number, string>> = {
  ...refusedSteps,
  [step.limits]: 'LIMITS',
  [step.user]: 'USER',
  [step.capabilities]: 'CAPABILITIES',
  [step.ksm]: 'KSM',
};
