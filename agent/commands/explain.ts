import { isAbsolute, normalize } from 'node:path';
import { lookAtConfiguration } from '../doctor/configuration.ts';
import { fileStory } from '../explain/file.ts';
import { explainStep } from '../explain/step.ts';
import { steps } from '../steps/order.ts';
import { openRoot } from '../system/open-root.ts';
import { type Invocation, UsageError } from './arguments.ts';
import { renderFile, renderStep } from './explain-text.ts';
import type { Io } from './io.ts';
import { pastRuns } from './past-runs.ts';
import { styleFor } from './style.ts';

/** `lx-agent explain STEP|PATH`. The exit status is 1 if the agent has nothing to do with the path. */
export async function run({ operands: [subject = ''], flags, values }: Invocation, io: Io): Promise<number> {
  const root = openRoot(values.get('root') ?? '/');
  const reports = () =>
    pastRuns(root, (fault) => io.stderr.write(`lx-agent: ${fault}\n`)).map(({ report }) => report);
  const style = styleFor(io.stdout, io.environment);
  const step = steps.find(({ name }) => name === subject);
  if (step !== undefined) {
    const story = explainStep(step, root, reports(), lookAtConfiguration(root).configuration.stepsOff);
    say(story, () => renderStep(story, style));
    return 0;
  }
  const story = fileStory(root, pathOf(subject), reports());
  say(story, () => renderFile(story, style));
  return story.steps.length === 0 && ['none', 'others', 'unknown'].includes(story.owner) ? 1 : 0;

  function say(value: object, text: () => string): void {
    io.stdout.write(flags.has('json') ? `${JSON.stringify({ version: 1, ...value }, null, 2)}\n` : text());
  }
}

function pathOf(subject: string): string {
  if (isAbsolute(subject)) return normalize(subject).replace(/(.)\/$/, '$1');
  const known = steps.map(({ name }) => name);
  throw new UsageError(
    `there is no step ${JSON.stringify(subject)}, and a path begins with /; steps are ${known.join(', ')}`,
    { word: subject, known },
  );
}
