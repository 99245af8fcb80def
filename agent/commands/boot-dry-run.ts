import type { Carried, Decision } from '../before-init/decision.ts';
import { planLayDown } from '../before-init/lay-down.ts';
import { subject } from '../change/change.ts';
import { describeDifference } from '../change/diff.ts';
import type { Root } from '../system/root.ts';
import type { Io } from './io.ts';

/** Show what `lx-agent boot` would do in a root, and which files it would write. Returns the exit status. */
export async function showBoot(
  decision: Decision,
  root: Root,
  carried: Carried,
  json: boolean,
  io: Io,
): Promise<number> {
  const settled = decision.work === 'lay down, then early stage' ? planLayDown(root, carried) : [];
  const wanted = settled.filter((one) => one.result === 'wanted');
  if (json) {
    const changes = wanted.map(({ change }) => ({
      kind: change.kind,
      what: subject(change),
      why: change.why,
    }));
    io.stdout.write(`${JSON.stringify({ version: 1, root: root.path, ...decision, changes }, null, 2)}\n`);
    return 0;
  }
  io.stdout.write(`${decision.work}: ${decision.why}\n`);
  if (decision.work === 'early stage' && decision.warning !== undefined)
    io.stderr.write(`lx-agent: ${decision.warning}\n`);
  for (const one of wanted) io.stdout.write(await describeDifference(one));
  for (const one of settled) if (one.result === 'failed') io.stderr.write(`lx-agent: ${one.error.message}\n`);
  return 0;
}
