import { planScript } from './script.ts';
import type { Step } from './step.ts';

const keys = ['sdc:operator-script', 'operator-script-url', 'operator-script-sha256'] as const;

/**
 * Run the operator's script, the last of the early steps: before other services, so that they leave nothing in an
 * image that it prepares (RFD 109).
 */
export const operatorScript: Step = {
  name: 'operator-script',
  stage: 'early',
  summary: "run the operator's script once in each boot, before other services",
  keys,
  plan: (instance, system) =>
    planScript(
      {
        name: 'operator-script',
        path: '/var/svc/mdata-operator-script',
        log: '/var/log/mdata-operator-script.log',
        keys,
        deadline: system.configuration.early.operatorScriptDeadline,
      },
      instance.operatorScript,
      instance,
      system,
    ),
};
