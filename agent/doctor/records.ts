import type { Root } from '../system/root.ts';
import { findState, statePath } from '../system/state.ts';
import { type Finding, note, wrong } from './finding.ts';

/** Whether what the agent recorded of its own files is there; nothing where it is. */
export function checkRecords(root: Pick<Root, 'readText' | 'list'>): Finding[] {
  const { state, fault, denied } = findState(root);
  if (denied) return [wrong('records', `${statePath} is for root only`, 'run lx-agent doctor as root')];
  if (fault !== undefined)
    return [
      wrong(
        'records',
        fault,
        'lx-agent run begins a new record; then see which files it keeps, and take over your choice with --force',
      ),
    ];
  if (state.lost === undefined) return [];
  return [
    note(
      'records',
      `the record in ${statePath} was lost, and begun anew at ${state.lost}: files of an unknown writer are kept`,
      'lx-agent run --dry-run --force shows what it would take over',
    ),
  ];
}
