import assert from 'node:assert/strict';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { settle } from '../../../agent/change/settle.ts';
import { keys } from '../../../agent/metadata/keys.ts';
import { steps } from '../../../agent/steps/order.ts';
import { openRoot } from '../../../agent/system/open-root.ts';
import { emptyState } from '../../../agent/system/state.ts';
import { systemAt } from '../../steps/fixture.ts';
import { chunks, hold, images, instanceOf, sound } from '../../support/tampered.ts';
import { plant } from '../../support/temporary-root.ts';
import { inputOf } from '../input.ts';
import type { Target } from '../target.ts';

/** The keys that `sound` leaves out; a URL is fetched by nobody while a step only plans. */
const others = {
  'sdc:image_uuid': 'c02a2044-c1bd-11e4-bd8c-dfc1db8b0182',
  'sdc:package_name': 'sample-512M',
  'operator-script-sha256': 'ab'.repeat(32),
  'user-script-sha256': 'AB'.repeat(32),
};

/** Every key: decoded, and planned by each step on images of three families, without a line or name of its own. */
export const metadataTarget: Target = {
  seeds: [inputOf(sound), inputOf({ ...sound, ...others }), inputOf({ 'docker:id': 'x' })],
  tokens: [
    ...chunks,
    '.',
    '@',
    'ssh-ed25519 AAAA',
    ' ssh-rsa ',
    'true',
    '"ips":["dhcp"]',
    '"/32"',
    '::1',
    '::ffff:1.2.3.4',
  ],
  open(folder) {
    const systems = Object.values(images).map(({ tree, family }) => {
      const path = join(folder, family);
      mkdirSync(path);
      plant(path, { ...tree, '/sbin/ip': '' });
      chmodSync(join(path, 'sbin/ip'), 0o755);
      const distribution = { family, id: family, version: '1', name: family };
      return systemAt(path, { root: { ...openRoot(path), live: true }, distribution });
    });
    return {
      async hold(values) {
        const instance = instanceOf(values);
        for (const { key, reason } of instance.invalid) {
          assert.ok(Object.hasOwn(keys, key), key);
          assert.match(reason, /^[ -~]{1,500}$/);
        }
        for (const system of systems)
          for (const step of steps) {
            const plan = await step.plan(instance, system);
            if ('skip' in plan) continue;
            for (const { change } of settle(plan, system.root, emptyState)) hold(change);
          }
      },
      close: () => undefined,
    };
  },
};
