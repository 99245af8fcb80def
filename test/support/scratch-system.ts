import type { Change } from '../../agent/change/change.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import type { Step } from '../../agent/steps/step.ts';
import { defaultConfiguration } from '../../agent/system/configuration.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import type { System } from '../../agent/system/system.ts';
import { type Tree, temporaryRoot } from './temporary-root.ts';

/** A system of which only the given is said, on a scratch root. */
export function scratchSystem(tree: Tree, given: Partial<System> = {}): System {
  return {
    root: openRoot(temporaryRoot(tree)),
    distribution: { family: 'debian', id: 'debian', version: '12', name: 'Debian' },
    init: 'systemd',
    configuration: defaultConfiguration,
    state: emptyState,
    boot: undefined,
    named: new Set(),
    ...given,
  };
}

/** What a step plans for these metadata values: the changes, none where it skips. */
export async function planned(
  step: Step,
  values: Readonly<Record<string, string>>,
  system: System,
): Promise<readonly Change[]> {
  const instance = decodeInstance(
    new Map(
      Object.entries(values).map(([key, value]) => [key, { status: 'found', value: Buffer.from(value) }]),
    ),
  );
  const plan = await step.plan(instance, system);
  return 'skip' in plan ? [] : plan;
}

/** The files among changes: path → text. */
export function files(changes: readonly Change[]): Record<string, string> {
  return Object.fromEntries(
    changes.flatMap((change) => (change.kind === 'file' ? [[change.path, change.content.toString()]] : [])),
  );
}
