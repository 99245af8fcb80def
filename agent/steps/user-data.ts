import type { Step } from './step.ts';

const path = '/var/db/mdata-user-data';

/** Store the customer's opaque user-data where user-scripts expect it. Only root can read it. */
export const userData: Step = {
  name: 'user-data',
  stage: 'early',
  summary: `store user-data at ${path}`,
  keys: ['user-data'],
  plan({ userData, invalid }) {
    const refused = invalid.find(({ key }) => key === 'user-data');
    if (refused !== undefined) return { skip: `user-data could not be used: ${refused.reason}` };
    if (userData === undefined)
      return [{ kind: 'absent', path, claim: 'always', why: 'the metadata has no user-data' }];
    return [
      { kind: 'directory', path: '/var/db', mode: 0o755, why: 'user-data is kept there' },
      {
        kind: 'file',
        path,
        content: userData,
        mode: 0o600,
        claim: 'always',
        secret: true,
        why: 'the metadata has user-data',
      },
    ];
  },
};
