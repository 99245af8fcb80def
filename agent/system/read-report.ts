import * as v from 'valibot';
import { type KeptReport, reportSchema } from '../report-schema.ts';
import type { Stage } from '../steps/step.ts';
import { reportPath } from './report-file.ts';
import type { Root } from './root.ts';

/** The report of a stage's last run; undefined when there is none. Throws when it cannot be read as one. */
export function readReport(root: Pick<Root, 'readText'>, stage: Stage): KeptReport | undefined {
  const path = reportPath(stage);
  const text = root.readText(path);
  if (text === undefined) return undefined;
  try {
    return v.parse(reportSchema, JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is no report of this program; lx-agent run writes a new one`, { cause: error });
  }
}
