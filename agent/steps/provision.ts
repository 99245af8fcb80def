import type { Step } from './step.ts';

/**
 * Tell the host that the provision went well. It watches the folder and takes any state but "the old name gone, the
 * new one there" for a failure, so it is one rename() and nothing else, as soon as the metadata could be read and
 * before any user code runs.
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
