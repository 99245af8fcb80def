import type { Report, StepOutcome } from './report.ts';

/** Priorities as syslog(3) numbers them. */
export const priorities = { error: 3, warning: 4, info: 6 } as const;
export type Priority = keyof typeof priorities;

/** One line of a log. */
export interface Message {
  readonly priority: Priority;
  /** What it is about: a step, or a part of the run. */
  readonly subject: string;
  readonly text: string;
}

/** What a run has to say that somebody may look for later. A run that found all as it should be says nothing. */
export function reportMessages(report: Report): Message[] {
  const { metadata } = report;
  return [
    ...(metadata.status === 'read'
      ? []
      : [
          { priority: 'error', subject: 'metadata', text: `${metadata.socket}: ${metadata.reason}` } as const,
        ]),
    ...report.warnings.map((text) => ({ priority: 'warning', subject: 'configuration', text }) as const),
    ...report.invalid.map(
      ({ key, reason }) => ({ priority: 'warning', subject: 'metadata', text: `${key}: ${reason}` }) as const,
    ),
    ...report.steps.flatMap(stepMessages),
  ];
}

function stepMessages(step: StepOutcome): Message[] {
  const { name: subject, result, reason, remedy } = step;
  const changes = step.changes
    .filter((change) => change.result === 'changed')
    .map(({ what, why }) => ({ priority: 'info', subject, text: `changed ${what}: ${why}` }) as const);
  if (result !== 'failed' && result !== 'kept') return changes;
  const text = [result, reason, remedy && `to do: ${remedy}`].filter(Boolean).join('; ');
  return [...changes, { priority: result === 'failed' ? 'error' : 'warning', subject, text }];
}
