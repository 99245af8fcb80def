import { planScript } from './script.ts';
import type { Step } from './step.ts';

const keys = ['user-script', 'user-script-url', 'user-script-sha256'] as const;

/** Run the customer's script. Its file and log are where the guest tools kept them. */
export const userScript: Step = {
  name: 'user-script',
  stage: 'late',
  summary: "run the customer's script once in each boot",
  keys,
  plan: (instance, system) =>
    planScript(
      {
        name: 'user-script',
        path: '/var/svc/mdata-user-script',
        log: '/var/log/mdata-user-script.log',
        keys,
        deadline: system.configuration.late.userScriptDeadline,
      },
      instance.userScript,
      instance,
      system,
    ),
  waits: ({ userScript: source }) => source !== undefined,
};
