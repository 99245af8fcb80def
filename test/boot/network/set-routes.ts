import { readFileSync } from 'node:fs';
import { apply } from '../../../agent/change/apply.ts';
import { subject } from '../../../agent/change/change.ts';
import { settle } from '../../../agent/change/settle.ts';
import { decodeInstance } from '../../../agent/metadata/decode.ts';
import { routes } from '../../../agent/steps/routes.ts';
import { defaultConfiguration } from '../../../agent/system/configuration.ts';
import { openRoot } from '../../../agent/system/open-root.ts';
import { emptyState } from '../../../agent/system/state.ts';

// The routes step on the running machine, by the metadata in a file: each command is printed, then run.

const [, , path = ''] = process.argv;
const metadata: Readonly<Record<string, unknown>> = JSON.parse(readFileSync(path, 'utf8'));
const instance = decodeInstance(
  new Map(
    Object.entries(metadata).map(([key, value]) => [
      key,
      { status: 'found', value: Buffer.from(JSON.stringify(value)) },
    ]),
  ),
);
const root = openRoot('/');
const plan = await routes.plan(instance, {
  root,
  distribution: { family: 'debian', id: 'debian', version: '12', name: 'Debian' },
  init: 'systemd',
  configuration: defaultConfiguration,
  state: emptyState,
  boot: undefined,
  named: new Set(),
});
if ('skip' in plan) throw new Error(plan.skip);
for (const settled of settle(plan, root, emptyState)) {
  console.log(subject(settled.change));
  if (settled.result !== 'wanted') throw new Error(`${settled.result}, not run`);
  await apply(settled, root);
}
