import { expect, it } from 'vitest';
import { steps } from '../../agent/steps/order.ts';

// The documents are made from the same list, so that only a list of its own holds the order of the boot.
it('is the order of the boot', () => {
  expect(steps.map(({ stage, name }) => `${stage} ${name}`)).toEqual([
    'early provision',
    'early stand-ins',
    'early hostname',
    'early resolver',
    'early network',
    'early machine-id',
    'early container-traces',
    'early ssh-host-keys',
    'early authorized-keys',
    'early user-data',
    'early zfs-mounts',
    'early early-hooks',
    'early operator-script',
    'late routes',
    'late user-script',
    'late late-hooks',
  ]);
});

it('makes the instance another one only where all that tells it from its image was done', () => {
  expect(steps.filter(({ identity }) => identity).map(({ name }) => name)).toEqual([
    'machine-id',
    'ssh-host-keys',
  ]);
});

it('goes on without metadata only with what lets the network service and sshd start', () => {
  expect(steps.filter(({ offline }) => offline).map(({ name }) => name)).toEqual([
    'stand-ins',
    'ssh-host-keys',
  ]);
});
