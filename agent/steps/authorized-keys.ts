import type { ReadableRoot } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import type { Step } from './step.ts';

/**
 * Root's authorized_keys. The agent creates it if it is missing, and then keeps it in step with the metadata until
 * somebody edits it. An empty value counts as no value, so that nobody is locked out when a portal loses one. A value
 * that has only a comment is used as it is.
 */
export const authorizedKeys: Step = {
  name: 'authorized-keys',
  stage: 'early',
  summary: "Root's authorized_keys",
  keys: ['root_authorized_keys'],
  plan({ rootAuthorizedKeys }, { root }) {
    if (rootAuthorizedKeys === undefined) return { skip: 'the metadata has no keys for root' };
    if (rootAuthorizedKeys === '')
      return {
        skip: 'root_authorized_keys is empty: the keys that are there stay (a value that is only a comment removes them)',
      };
    const folder = `${rootHome(root)}/.ssh`;
    const why = /^[^#\n]/m.test(rootAuthorizedKeys)
      ? 'the metadata names the keys that may log in as root'
      : 'the metadata names no key, so that nobody may log in as root by one';
    return [
      { kind: 'directory', path: folder, mode: 0o700, why },
      {
        kind: 'file',
        path: `${folder}/authorized_keys`,
        content: rootAuthorizedKeys,
        mode: 0o600,
        claim: 'once',
        why,
      },
    ];
  },
};

/** Root's home directory in passwd(5); `/root` if there is no usable entry. */
function rootHome(root: Pick<ReadableRoot, 'read'>): string {
  const line = textIfReadable(root, '/etc/passwd')
    ?.split('\n')
    .find((entry) => entry.startsWith('root:'));
  const home = line?.split(':')[5]?.replace(/\/+$/, '') ?? '';
  return /^(\/[\w.-]+)+$/.test(home) && !home.split('/').includes('..') ? home : '/root';
}
