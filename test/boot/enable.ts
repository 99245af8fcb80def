import { apply } from '../../agent/change/apply.ts';
import { settle } from '../../agent/change/settle.ts';
import { unitChanges } from '../../agent/image/units.ts';
import { detectInit } from '../../agent/system/init.ts';
import { openRoot } from '../../agent/system/root.ts';
import { emptyState } from '../../agent/system/state.ts';

// enable.ts INIT ROOT: enable both stages in a root, which must be found to have this init system.
const [expected, path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: enable.ts INIT ROOT');
const root = openRoot(path);
const init = detectInit(root);
if (init !== expected)
  throw new Error(`this root was expected to have ${expected} and found to have ${init}`);
for (const settled of settle(unitChanges(root, init), root, emptyState)) {
  if (settled.result === 'failed') throw settled.error;
  if (settled.result === 'wanted') await apply(settled, root);
}
