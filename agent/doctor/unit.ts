import { subject } from '../change/change.ts';
import { settle } from '../change/settle.ts';
import { unitChanges } from '../image/units.ts';
import type { System } from '../system/system.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

const install = 'lx-agent image install --root /';

/** Whether init would start the agent: its unit files and what enables them, as an installation leaves them. */
export function checkUnit({ root, init, state }: Pick<System, 'root' | 'init' | 'state'>): Finding[] {
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
  const files = left.filter(({ kind }) => kind === 'file');
  const links = left.filter(({ kind }) => kind !== 'file');
  const edited = settled.flatMap((one) => (one.result === 'kept' ? [subject(one.change)] : []));
  return [
    ...files.map((change) => wrong('unit', `${subject(change)} is not as this version has it`, install)),
    ...links.map((change) => wrong('unit', `the unit is disabled: ${subject(change)} is not there`, install)),
    ...edited.map((path) => note('unit', `${path} was edited by hand, and is left so`)),
    ...(left.length === 0 ? [ok('unit', `${init} starts the agent`)] : []),
  ];
}
