import type { Report } from '../report.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** What a run would change, from the report of one that only looked. */
export function checkPending({ steps }: Pick<Report, 'steps'>): Finding[] {
  const findings = steps.flatMap(({ name, result, reason, remedy, changes }) => {
    const would = changes.filter((change) => change.result === 'listed').map(({ what }) => what);
    return [
      ...(result === 'failed'
        ? [
            wrong(
              'a run',
              `${name} would fail: ${reason ?? 'no reason given'}`,
              remedy ?? `lx-agent run ${name}`,
            ),
          ]
        : []),
      ...(would.length > 0
        ? [
            wrong(
              'a run',
              `${name} would change ${would.join(', ')}`,
              `lx-agent run --dry-run ${name} shows it; lx-agent run ${name}`,
            ),
          ]
        : []),
      ...changes
        .filter((change) => change.result === 'kept')
        .map(({ what, reason: why }) =>
          note(
            'a run',
            `${what} is kept: ${why ?? 'edited by hand'}`,
            `lx-agent run --force ${name} takes it over`,
          ),
        ),
    ];
  });
  return findings.length > 0 ? findings : [ok('a run', 'would change nothing')];
}
