import { type Change, subject } from '../../change/change.ts';
import type { Settled } from '../../change/settle.ts';
import type { InitSystem } from '../../system/init.ts';
import type { ReadableRoot } from '../../system/system.ts';
import { bytesIfPossible } from '../../system/text-if-readable.ts';
import { settleInstallation } from '../installation.ts';
import { readRecord } from '../record.ts';
import type { Image } from '../rule.ts';
import { unitChanges } from '../units.ts';
import type { IsAsInstalled } from './expected-content.ts';
import type { AgentFinding } from './finding.ts';

const check = 'agent-units';

/** What keeps the init system that the image has now from starting both stages. */
export function unitFindings({ root, init }: Image, isAsInstalled: IsAsInstalled): readonly AgentFinding[] {
  const changes = unitChanges(root, init);
  const settled = settleInstallation(root, changes, false);
  const faults = settled.flatMap((one) => unitFault(one, root, isAsInstalled));
  const left = leftovers(root, init, changes);
  const broken = [
    ...(faults.length === 0 ? [] : [...faults, `${init} is the init system of the image now`]),
    ...left.map((path) => `${path} is left from an installation for another init system`),
  ];
  return [
    ...(broken.length === 0 ? [] : [{ check, what: broken, mend: 'install' } as const]),
    ...switchedOff(settled, root, init),
    ...(init === 'rc.local' && root.entry('/sbin/init') === undefined
      ? [
          {
            check,
            what: ['there is no init system: only an rc.local, if anything runs it, starts the agent'],
            byHand: `install an init system, then lx-agent image install --root ${root.path}`,
          } as const,
        ]
      : []),
  ];
}

/** A unit, or what enables it, that is missing or not as it was installed. */
function unitFault(one: Settled, root: ReadableRoot, isAsInstalled: IsAsInstalled): readonly string[] {
  const { change, result } = one;
  if (result === 'failed') return [one.error.message];
  if (!('path' in change)) return [];
  const { path } = change;
  if (change.kind === 'file' && change.claim === 'shared' && (change.mode & 0o111) !== 0)
    if (root.entry(path) !== undefined && !root.isExecutable(path)) return [`${path} is not executable`];
  if (result !== 'wanted') return [];
  if (root.entry(path) === undefined) return [`${path} is missing`];
  if (change.kind !== 'file') return [`${path} is not what was installed`];
  if (change.claim === 'shared') return [`${path} does not start the agent`];
  if (!isAsInstalled(path, change.content)) return [`${path} is not as it was installed`];
  return (change.mode & 0o111) !== 0 && !root.isExecutable(path) ? [`${path} is not executable`] : [];
}

/** What an administrator, or a builder, has switched off stays off: only a person can say whether that is meant. */
function switchedOff(
  settled: readonly Settled[],
  root: ReadableRoot,
  init: InitSystem,
): readonly AgentFinding[] {
  const masked = ['early', 'late']
    .map((stage) => `/etc/systemd/system/lx-agent-${stage}.service`)
    .filter((path) => init === 'systemd' && root.linkTarget(path) === '/dev/null');
  const disabled = settled
    .filter(({ result, change }) => result === 'kept' && change.kind === 'link' && isMissing(change, root))
    .map(({ change }) => subject(change));
  const what = [
    ...masked.map((path) => `${path} masks the unit`),
    ...disabled.map((path) => `${path} was removed, which disables the service`),
  ];
  if (what.length === 0) return [];
  const units = 'lx-agent-early lx-agent-late';
  const verbs = [
    ...(masked.length > 0 ? ['unmask'] : []),
    ...(disabled.length > 0 && init === 'systemd' ? ['enable'] : []),
  ];
  const commands = verbs.map((verb) => `systemctl --root=${root.path} ${verb} ${units}`);
  if (disabled.length > 0 && init !== 'systemd')
    commands.push(`lx-agent image install --root ${root.path} --force`);
  return [{ check, what, byHand: commands.join(', then ') }];
}

function isMissing(change: Change, root: ReadableRoot): boolean {
  return 'path' in change && root.entry(change.path) === undefined;
}

const initSystems = ['systemd', 'upstart', 'sysvinit', 'openrc', 'runit', 'busybox', 'rc.local'] as const;

/** What an installation has laid down for an init system that was there before. */
function leftovers(root: ReadableRoot, init: InitSystem, now: readonly Change[]): readonly string[] {
  const recorded = new Set((readRecord(root)?.entries ?? []).map(({ path }) => path));
  const wanted = new Set(now.map(subject));
  const others = initSystems
    .filter((other) => other !== init)
    .flatMap((other) => unitChanges(root, other))
    .filter((change) => 'path' in change && recorded.has(change.path) && !wanted.has(change.path))
    .filter((change) => isThere(change, root))
    .map(subject);
  return [...new Set(others)];
}

/** Whether our file or link is there, or our lines in a file of others. */
function isThere(change: Change, root: ReadableRoot): boolean {
  if (change.kind === 'link') return root.linkTarget(change.path) === change.target;
  if (change.kind !== 'file') return false;
  if (change.claim !== 'shared') return root.entry(change.path)?.kind === 'file';
  return bytesIfPossible(root, change.path)?.includes('/lx-agent') === true;
}
