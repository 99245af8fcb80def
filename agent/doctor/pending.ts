import type { Report } from '../report/report.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/**
 * What a run would change, from the report of one that only looked. Programs to run count on the running machine
 * only; elsewhere they are always listed and never run.
 */
export function checkPending({ steps }: Pick<Report, 'steps'>, live: boolean): Finding[] {
  const failing = steps
    .filter(({ result }) => result === 'failed')
    .map(({ name, reason, remedy }) =>
      wrong('a run', `${name} would fail: ${reason ?? 'no reason given'}`, remedy ?? `lx-agent run ${name}`),
    );
  const wanted = steps.flatMap(({ name, changes }) => {
    const subjects = changes
      .filter(({ result, kind }) => result === 'listed' && (live || kind !== 'command'))
      .map(({ what }) => what);
    return subjects.length === 0 ? [] : [`${name} (${subjects.join(', ')})`];
  });
  const kept = steps.flatMap(({ name, changes }) =>
    changes
      .filter(({ result }) => result === 'kept')
      .map(({ what, reason }) =>
        note(
          'a run',
          `${what} is kept: ${reason ?? 'edited by hand'}`,
          `lx-agent run --force ${name} takes it over`,
        ),
      ),
  );
  const pending =
    wanted.length === 0
      ? []
      : [
          wrong(
            'a run',
            `would change ${wanted.join(', ')}`,
            'lx-agent run --dry-run shows it, lx-agent run does it',
          ),
        ];
  const findings = [...failing, ...pending, ...kept];
  return findings.length > 0 ? findings : [ok('a run', 'would change nothing')];
}
