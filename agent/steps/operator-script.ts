import { ranInThisBoot } from './once-a-boot.ts';
import { planScript } from './script.ts';
import type { Step } from './step.ts';

const name = 'operator-script';
const keys = ['sdc:operator-script', 'operator-script-url', 'operator-script-sha256'] as const;

/**
 * Run the operator's script. It is the last of the early steps and runs before other services, so that they leave
 * nothing in an image that it prepares (RFD 109).
 */
export const operatorScript: Step = {
  name,
  stage: 'early',
  needsInit: true,
  summary: "run the operator's script once in each boot, before other services",
  keys,
  plan: (instance, system) =>
    planScript(
      {
        name,
        path: '/var/svc/mdata-operator-script',
        log: '/var/log/mdata-operator-script.log',
        keys,
        deadline: system.configuration.early.operatorScriptDeadline,
      },
      instance.operatorScript,
      instance,
      system,
    ),
  waits: (instance, system) =>
    instance.operatorScript !== undefined && !ranInThisBoot(name, name, instance, system),
};
