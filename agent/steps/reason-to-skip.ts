import { mayWait } from './late-stage-idle.ts';
import type { Run } from './run-report.ts';
import type { Step } from './step.ts';

/** The platform's run leaves a step to the unit, because it needs init. */
export const needsInit = 'it waits for init, whose unit runs it';

const switchedOff = "lx-agent:boot is off: the platform's agent leaves this instance alone";

/** Whether the instance disables the platform's agent. */
export function isSwitchedOff({ options, instance }: Pick<Run, 'options' | 'instance'>): boolean {
  return options.beforeInit === true && instance.platformAgentOff;
}

/** Why a run skips a step; undefined if it does not. */
export function reasonToSkip(step: Step, run: Run): string | undefined {
  const { options, facts, ledger, instance, metadata } = run;
  if (isSwitchedOff(run)) return switchedOff;
  if (facts.configuration.stepsOff.has(step.name) && !options.named.includes(step.name))
    return 'switched off in /etc/lx-agent.ini';
  if (options.beforeInit === true && step.needsInit === true && step.waits !== undefined)
    if (mayWait(step, instance, facts.systemWith(ledger.state))) return needsInit;
  if (metadata.status === 'unavailable' && step.offline !== true) return 'the metadata could not be read';
  return undefined;
}
