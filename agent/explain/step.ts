import { keys } from '../metadata/keys.ts';
import type { KeptReport, KeptStep } from '../report/schema.ts';
import type { Step } from '../steps/step.ts';
import type { Root } from '../system/root.ts';
import { type FileStory, fileStory, pathsOf } from './file.ts';

/** What is known of a step: what it does, what it reads, how it ended last, and the files it has to do with. */
export interface StepExplanation {
  readonly step: string;
  readonly stage: Step['stage'];
  readonly summary: string;
  /** The configuration switches it off. */
  readonly off: boolean;
  readonly keys: readonly {
    readonly key: string;
    readonly meaning: string;
    /** Whether the metadata had it in the last run that read it; undefined where no such run is on record. */
    readonly found?: boolean;
  }[];
  readonly last?: {
    readonly started: string;
    readonly result: KeptStep['result'];
    readonly reason?: string;
    readonly remedy?: string;
  };
  readonly files: readonly FileStory[];
}

/** All that the reports, newest first, and the root tell of a step. Throws RootError. */
export function explainStep(
  step: Step,
  root: Root,
  reports: readonly KeptReport[],
  off: ReadonlySet<string>,
): StepExplanation {
  const ran = reports.flatMap((report) => {
    const outcome = report.steps.find(({ name }) => name === step.name);
    return outcome === undefined ? [] : [{ report, outcome }];
  });
  const [last] = ran;
  const read = ran.find(({ report }) => report.metadata.status === 'read')?.report.metadata;
  const had = read?.status === 'read' ? read.keys : undefined;
  const paths = new Set(
    ran.flatMap(({ outcome }) => outcome.changes.flatMap(({ kind, what }) => pathsOf(kind, what))),
  );
  return {
    step: step.name,
    stage: step.stage,
    summary: step.summary,
    off: off.has(step.name),
    keys: step.keys.map((key) => ({
      key,
      meaning: keys[key].meaning,
      ...(had === undefined ? {} : { found: had.includes(key) }),
    })),
    ...(last === undefined ? {} : { last: lastOf(last.report, last.outcome) }),
    files: [...paths].map((path) => fileStory(root, path, reports)),
  };
}

function lastOf({ started }: KeptReport, { result, reason, remedy }: KeptStep) {
  return {
    started,
    result,
    ...(reason === undefined ? {} : { reason }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}
