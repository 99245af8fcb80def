import { type OtherWriter, otherWriters } from '../image/other-writers.ts';
import type { ReadableRoot } from '../system/system.ts';
import type { Step } from './step.ts';
import { undoable } from './undoable-steps.ts';

/** The programs of the image that undo early steps after the early stage. Reads unit files and scripts: some 5 ms. */
export function undoingWriters(root: ReadableRoot): readonly OtherWriter[] {
  const files = undoable.flatMap((one) => one.files);
  return otherWriters(root).filter(({ writes }) => writes.some((path) => files.includes(path)));
}

/** What the early stage did, as far as it matters here. */
interface EarlyReport {
  readonly steps: readonly {
    readonly changes: readonly { readonly what: string; readonly result: string }[];
  }[];
}

/**
 * The early steps that the late stage repeats, because these programs undid them in this boot. What the programs wrote
 * does not count as edited by hand. A file that the early stage kept because it was edited by hand is still kept.
 */
export function repeatedSteps(writers: readonly OtherWriter[], early: EarlyReport): readonly Step[] {
  const kept = new Set(
    early.steps.flatMap(({ changes }) =>
      changes.flatMap(({ result, what }) => (result === 'kept' ? [what] : [])),
    ),
  );
  const written = new Set(writers.flatMap(({ writes }) => writes).filter((path) => !kept.has(path)));
  return undoable
    .filter(({ files }) => files.some((path) => written.has(path)))
    .map(({ step }) => ({ ...step, stage: 'late', plan: replacing(step, written) }));
}

function replacing(step: Step, written: ReadonlySet<string>): Step['plan'] {
  return async (instance, system) => {
    const namesItself = written.has('/etc/hostname') ? { ...system, forced: true } : system;
    const planned = await step.plan(instance, namesItself);
    if ('skip' in planned) return planned;
    return planned.map((change) =>
      change.kind === 'file' && change.claim === 'ours-until-edited' && written.has(change.path)
        ? { ...change, claim: 'always' }
        : change,
    );
  };
}
