import { hostname } from 'node:os';
import { apply } from '../../agent/change/apply.ts';
import { subject } from '../../agent/change/change.ts';
import { settle } from '../../agent/change/settle.ts';
import { setRunningName } from '../../agent/steps/running-name.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';

// Set the running name of this machine as the hostname step does: say by what, and the name that it then has.

const [, , name = ''] = process.argv;
const root = openRoot('/');
for (const settled of settle([setRunningName(root, name, 'a test wants it')], root, emptyState)) {
  if (settled.result !== 'wanted') throw new Error(`${settled.result}, not done`);
  await apply(settled, root);
  console.log(`${subject(settled.change)}: ${hostname()}`);
}
