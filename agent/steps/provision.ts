import type { Step } from './step.ts';

/**
 * Tell the host that provisioning succeeded. The host watches the folder, and treats any state but "the old name gone,
 * the new one there" as a failure. So this is one rename() and nothing else. It happens as soon as the metadata is read,
 * and before any user code runs.
 */
export const provision: Step = {
  name: 'provision',
  stage: 'early',
  summary: 'tell the host that the instance is provisioned',
  keys: [],
  plan: () => [
    {
      kind: 'rename',
      from: '/var/svc/provisioning',
      to: '/var/svc/provision_success',
      why: 'the metadata could be read',
    },
  ],
};
