import type { Change } from '../../agent/change/change.ts';
import { decodeInstance } from '../../agent/metadata/decode.ts';
import type { Instance } from '../../agent/metadata/instance.ts';
import { isUuid, type Uuid } from '../../agent/metadata/values.ts';
import type { Work } from '../../agent/steps/run-step.ts';
import type { Plan, Step } from '../../agent/steps/step.ts';
import { openLedger } from '../../agent/system/ledger.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import type { Root } from '../../agent/system/root.ts';
import { emptyState, stateFolder, statePath, stateText } from '../../agent/system/state.ts';
import type { System } from '../../agent/system/system.ts';

/** An instance of which nothing is known but what the test says. */
export function instanceWith(known: Partial<Instance> = {}): Instance {
  return { ...decodeInstance(new Map()), ...known };
}

/** Why the Changes of a test are wanted. */
export const why = 'a test wants it';

/** A file that is the agent's until somebody edits it. */
export function managedFile(path: string, content: string): Change {
  return { kind: 'file', path, content, mode: 0o644, claim: 'ours-until-edited', why };
}

/** The system around a root, as the first boot of a Debian finds it. */
export function systemAt(path: string, known: Partial<System> = {}): System {
  return {
    root: openRoot(path),
    distribution: { family: 'debian', id: 'debian', version: '12', name: 'Debian' },
    init: 'systemd',
    configuration: {
      stepsOff: new Set(),
      early: { metadataDeadline: 15, operatorScriptDeadline: 300 },
      late: { metadataDeadline: 300, userScriptDeadline: 600 },
      hooks: { deadline: 30 },
      network: { renderer: 'auto', policy: 'auto' },
    },
    state: emptyState,
    boot: 'this boot',
    named: new Set(),
    ...known,
  };
}

/** What a step works on, with this state on record. */
export function workOn(root: Root, known: { instance?: Partial<Instance> } & Partial<System> = {}): Work {
  const { instance, ...system } = known;
  if (known.state !== undefined && known.state !== emptyState) {
    root.makeDirectory(stateFolder, { mode: 0o755 });
    root.write(statePath, stateText(known.state), { mode: 0o600 });
  }
  return {
    instance: instanceWith(instance),
    systemWith: (state) => systemAt(root.path, { root, ...system, state }),
    ledger: openLedger(root, 'this boot', () => undefined),
    root,
    warn: (message) => {
      throw new Error(message);
    },
  };
}

/** A root whose running machine it is said to be. */
export function liveRoot(path: string): Root {
  return { ...openRoot(path), live: true };
}

export function uuid(text: string): Uuid {
  if (!isUuid(text)) throw new Error(`${text} is no UUID`);
  return text;
}

/** Plan a step and hold it to having Changes. */
export async function changesOf(step: Step, instance: Instance, system: System) {
  const plan: Plan = await step.plan(instance, system);
  if ('skip' in plan) throw new Error(`skipped: ${plan.skip}`);
  return plan;
}

/** A record of a script that ran in a boot. */
export function ranIn(boot: string) {
  return { boot, started: '2026-01-01T00:00:00.000Z', milliseconds: 5, exit: 0 };
}
