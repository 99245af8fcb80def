import { type Change, subject } from '../change/change.ts';
import { settle } from '../change/settle.ts';
import { readManifest } from '../image/manifest.ts';
import { unitChanges } from '../image/units.ts';
import type { System } from '../system/system.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** Which agent works here where the program is the platform's; nothing where it is the image's own. */
export function checkPlace(root: System['root']): Finding[] {
  const { agent, place } = readManifest(root);
  if (place === undefined) return [];
  return [note('unit', `the program is the platform's: lx-agent ${agent} in ${place}`)];
}

/** Whether init would start the agent: its unit files and what enables them, as an installation leaves them. */
export function checkUnit({ root, init, state }: Pick<System, 'root' | 'init' | 'state'>): Finding[] {
  const install = `lx-agent image install --root ${root.path}`;
  const masked = ['early', 'late']
    .map((stage) => `/etc/systemd/system/lx-agent-${stage}.service`)
    .filter((path) => init === 'systemd' && root.linkTarget(path) === '/dev/null');
  if (masked.length > 0)
    return masked.map((path) => {
      const unit = path.slice(path.lastIndexOf('/') + 1);
      return wrong('unit', `${unit} is masked`, `systemctl unmask ${unit}, then ${install}`);
    });

  const settled = settle(unitChanges(root, init), root, state);
  const left = settled.flatMap(({ result, change }) => (result === 'wanted' ? [change] : []));
  const names = (changes: readonly Change[]) => changes.map(subject).join(', ');
  const absent = left.filter((change) => change.kind === 'file' && root.entry(change.path) === undefined);
  const other = left.filter((change) => change.kind === 'file' && !absent.includes(change));
  const links = left.filter((change) => change.kind !== 'file');
  const kept = settled.flatMap(({ result, change }) => (result === 'kept' ? [change] : []));
  return [
    ...(absent.length > 0
      ? [wrong('unit', `not installed for ${init}: there is no ${names(absent)}`, install)]
      : []),
    ...(other.length > 0 ? [wrong('unit', `not as this version has it: ${names(other)}`, install)] : []),
    ...(absent.length === 0 && links.length > 0
      ? [
          wrong(
            'unit',
            `disabled: there is no ${names(links)}`,
            init === 'systemd' ? 'systemctl enable lx-agent-early lx-agent-late' : install,
          ),
        ]
      : []),
    ...(kept.length > 0 ? [note('unit', `edited by hand, and left so: ${names(kept)}`)] : []),
    ...(left.length === 0 ? [ok('unit', `${init} starts the agent`)] : []),
  ];
}
