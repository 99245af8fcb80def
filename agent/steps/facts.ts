import { bootIdentity } from '../system/boot.ts';
import { type Configuration, readConfiguration } from '../system/configuration.ts';
import { type Distribution, detectDistribution } from '../system/distribution.ts';
import { detectInit, type InitSystem } from '../system/init.ts';
import type { Root } from '../system/root.ts';
import type { State } from '../system/state.ts';
import type { System } from '../system/system.ts';
import { steps } from './order.ts';

/**
 * What a run knows about the machine before its steps. A fact that cannot be read is unknown, and stops only the steps
 * that need it.
 */
export interface Facts {
  readonly configuration: Configuration;
  readonly boot: string | undefined;
  /** For the report. */
  readonly distributionName: string;
  readonly initName: string;
  /** What a step may read, with a state. A fact that is unknown throws the reason when a step asks for it. */
  systemWith(state: State): System;
}

/** Gather the facts; `warn` is called for each one that cannot be read. */
export function gatherFacts(
  root: Root,
  {
    named,
    force,
    beforeInit,
  }: { readonly named: readonly string[]; readonly force?: boolean; readonly beforeInit?: boolean },
  warn: (message: string) => void,
): Facts {
  const configuration = readConfiguration(
    root,
    warn,
    steps.map(({ name }) => name),
  );
  const distribution = attempt(() => detectDistribution(root), 'the distribution', warn);
  const init = attempt(() => detectInit(root), 'the init system', warn);
  const boot = root.live ? attempt(bootIdentity, 'the boot', warn) : undefined;
  const names: ReadonlySet<string> = new Set(named);
  return {
    configuration,
    boot: boot?.value,
    distributionName: distribution.value?.name ?? notKnown,
    initName: init.value ?? notKnown,
    systemWith: (state) => ({
      root,
      configuration,
      get distribution(): Distribution {
        return known(distribution);
      },
      get init(): InitSystem {
        return known(init);
      },
      state,
      boot: boot?.value,
      named: names,
      ...(force === true && { forced: true }),
      ...(beforeInit === true && { beforeInit }),
    }),
  };
}

const notKnown = 'not known';

interface Fact<Value> {
  readonly value: Value | undefined;
  /** Why it is unknown. */
  readonly fault: Error | undefined;
}

function attempt<Value>(find: () => Value, what: string, warn: (message: string) => void): Fact<Value> {
  try {
    return { value: find(), fault: undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const fault = new Error(`${what} is not known: ${reason}`, { cause: error });
    warn(fault.message);
    return { value: undefined, fault };
  }
}

function known<Value>({ value, fault }: Fact<Value>): Value {
  if (value === undefined) throw fault ?? new Error('not known');
  return value;
}
