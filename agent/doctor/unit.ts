import { type Change, subject } from '../change/change.ts';
import { settleInstallation } from '../image/installation.ts';
import { readManifest } from '../image/manifest.ts';
import { unitChanges } from '../image/units.ts';
import type { System } from '../system/system.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** Which agent works here where the program is the platform's; nothing where it is the image's own. */
export function checkPlace(root: System['root']): Finding[] {
  const { agent, place } = readManifest(root);
  if (place === undefined) return [];
  return [
    note('unit', `the program is the platform's: lx-agent ${agent ?? 'of an unknown version'} in ${place}`),
  ];
}

/** systemd goes by the name of such a link, wherever it leads: `systemctl enable` makes it to /lib on merged roots. */
const isWanted = (change: Change) => change.kind === 'link' && /\.wants\/[^/]+$/.test(change.path);

/** Whether init would start the agent: its unit files and what enables them, as an installation leaves them. */
export function checkUnit({ root, init }: Pick<System, 'root' | 'init'>): Finding[] {
  const install = `lx-agent image install --root ${root.path}`;
  const masked = ['lx-agent-early.service', 'lx-agent-late.service'].filter(
    (unit) => init === 'systemd' && root.linkTarget(`/etc/systemd/system/${unit}`) === '/dev/null',
  );
  const settled = settleInstallation(root, unitChanges(root, init), false);
  const left = settled.flatMap(({ result, change }) => (result === 'wanted' ? [change] : []));
  const kept = settled.flatMap(({ result, change }) => (result === 'kept' ? [change] : []));
  const isThere = (change: Change) => 'path' in change && root.entry(change.path) !== undefined;
  const absent = left.filter((change) => change.kind === 'file' && !isThere(change));
  const other = left.filter((change) => change.kind === 'file' && isThere(change));
  const disabled = [...left, ...kept].filter((change) => change.kind === 'link' && !isThere(change));
  const edited = kept.filter((change) => isThere(change) && !isWanted(change));
  const names = (changes: readonly Change[]) => changes.map(subject).join(', ');
  const findings = [
    ...masked.map((unit) => wrong('unit', `${unit} is masked`, `systemctl unmask ${unit}`)),
    ...(absent.length > 0
      ? [wrong('unit', `not installed for ${init}: there is no ${names(absent)}`, install)]
      : []),
    ...(other.length > 0 ? [wrong('unit', `differs from this version: ${names(other)}`, install)] : []),
    ...(absent.length === 0 && disabled.length > 0
      ? [
          wrong(
            'unit',
            `disabled: there is no ${names(disabled)}`,
            init === 'systemd' ? 'systemctl enable lx-agent-early lx-agent-late' : `${install} --force`,
          ),
        ]
      : []),
    ...(edited.length > 0 ? [note('unit', `edited by hand and kept: ${names(edited)}`)] : []),
  ];
  return findings.some(({ status }) => status === 'wrong')
    ? findings
    : [...findings, ok('unit', `${init} starts the agent`)];
}
