import type { Change } from '../change/change.ts';
import type { Instance } from '../metadata/instance.ts';
import type { Stage } from '../system/boot.ts';
import type { System } from '../system/system.ts';
import { ranInThisBoot } from './once-a-boot.ts';
import type { Step } from './step.ts';

/** Run the image builder's own programs of the early stage. */
export const earlyHooks: Step = hooks('early');

/** Run the image builder's own programs of the late stage. */
export const lateHooks: Step = hooks('late');

function hooks(stage: Stage): Step {
  const folder = `/etc/lx-agent/${stage}.d`;
  const name = `${stage}-hooks`;
  return {
    name,
    stage,
    ...(stage === 'early' && { needsInit: true }),
    summary: `run the executables in ${folder}, once in each boot`,
    keys: [
      'sdc:uuid',
      'hostname',
      'sdc:hostname',
      'sdc:alias',
      'sdc:dns_domain',
      'sdc:resolvers',
      'sdc:nics',
      'sdc:datacenter_name',
      'sdc:owner_uuid',
      'sdc:image_uuid',
      'sdc:package_name',
      'sdc:max_physical_memory',
    ],
    plan(instance, system) {
      const names = hookNames(system.root, folder);
      if (names.length === 0) return { skip: `there are no hooks in ${folder}` };
      refuseUnsafe(system.root, folder, names);
      const environment = hookEnvironment(instance, system, stage);
      return names
        .filter((hook) => !ranInThisBoot(`${stage}.d/${hook}`, name, instance, system))
        .map(
          (hook): Change => ({
            kind: 'command',
            argv: [`${folder}/${hook}`],
            deadline: system.configuration.hooks.deadline,
            output: '/var/log/lx-agent-hooks.log',
            environment,
            script: `${stage}.d/${hook}`,
            why: `the image has this ${stage} hook`,
          }),
        );
    },
    waits: (_instance, { root }) => hookNames(root, folder).length > 0,
  };
}

/** Executable files, without the leftovers of editors and package managers, sorted by the bytes of their names. */
function hookNames(root: System['root'], folder: string): string[] {
  return root
    .list(folder)
    .filter((name) => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name))
    .filter((name) => !/\.(dpkg-\w+|rpm(save|new|orig)|apk-new|pacnew|pacsave|bak|orig|swp)$/.test(name))
    .filter((name) => root.isExecutable(`${folder}/${name}`))
    .sort();
}

/**
 * Hooks run as root, so anybody who can write or add one has root's rights. One unsafe hook stops all of them, because
 * the others may depend on it. Throws an Error that says what to do.
 */
function refuseUnsafe(root: System['root'], folder: string, names: readonly string[]): void {
  for (const path of [folder, ...names.map((name) => `${folder}/${name}`)]) {
    const entry = root.entry(path);
    if (entry === undefined) continue;
    if (entry.kind === 'link' || entry.kind === 'other')
      throw new Error(`${path} is a link or a special file; put the hook itself there. No hook was run`);
    if (entry.uid !== 0 && entry.uid !== process.geteuid?.())
      throw new Error(`${path} belongs to user ${entry.uid}: chown root ${path}. No hook was run`);
    if ((entry.mode & 0o022) !== 0)
      throw new Error(`${path} can be written by others: chmod go-w ${path}. No hook was run`);
  }
}

/** The environment of hooks: plain facts, never a secret. Lists are joined by spaces; unknown values are left out. */
export function hookEnvironment(instance: Instance, system: System, stage: Stage): Record<string, string> {
  const primary = instance.nics?.find((nic) => nic.primary);
  const known: readonly [string, string | undefined][] = [
    ['LX_STAGE', stage],
    ['LX_INSTANCE', instance.uuid],
    ['LX_HOSTNAME', instance.hostname],
    ['LX_ALIAS', instance.alias],
    ['LX_DNS_DOMAIN', instance.dnsDomain],
    ['LX_DATACENTER_NAME', instance.datacenterName],
    ['LX_OWNER_UUID', instance.ownerUuid],
    ['LX_IMAGE_UUID', instance.imageUuid],
    ['LX_PACKAGE_NAME', instance.packageName],
    ['LX_MAX_PHYSICAL_MEMORY', instance.maxPhysicalMemory],
    ['LX_RESOLVERS', instance.resolvers?.join(' ')],
    ['LX_ADDRESSES', instance.nics?.flatMap((nic) => nic.addresses).join(' ')],
    ['LX_PRIMARY_ADDRESSES', primary?.addresses.join(' ')],
    ['LX_DOCKER', instance.docker ? 'true' : undefined],
    ['LX_DISTRIBUTION', system.distribution.id],
    ['LX_DISTRIBUTION_VERSION', system.distribution.version],
    ['LX_INIT', system.init],
  ];
  return Object.fromEntries(
    known.filter((pair): pair is [string, string] => pair[1] !== undefined && !pair[1].includes('\0')),
  );
}
