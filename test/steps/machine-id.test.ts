import { expect, it } from 'vitest';
import { machineId } from '../../agent/steps/machine-id.ts';
import { emptyState } from '../../agent/system/state.ts';
import { files, planned, scratchSystem } from '../support/scratch-system.ts';

const uuid = '7f2c1a04-3f0e-4f0b-9d53-0a4b1f6f6a01';
const other = '0b3f0c52-97a0-4c8e-8f14-55a1be0f6f02';
const id = 'c'.repeat(32);
const path = '/etc/machine-id';

it.each([undefined, '', 'uninitialized\n', '0'.repeat(32)])(
  'makes one where there is %j',
  async (content) => {
    const system = scratchSystem(content === undefined ? {} : { [path]: content });
    const made = files(await planned(machineId, { 'sdc:uuid': uuid }, system))[path];
    expect(made).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}\n$/);
    expect(await planned(machineId, { 'sdc:uuid': uuid }, scratchSystem({ [path]: made ?? '' }))).toEqual([]);
  },
);

it('makes a new one in a clone only', async () => {
  const tree = { [path]: `${id}\n`, '/var/lib/dbus/machine-id': `${id}\n` };
  const on = (instance?: string) =>
    scratchSystem(tree, { state: instance === undefined ? emptyState : { ...emptyState, instance } });
  expect(await planned(machineId, { 'sdc:uuid': uuid }, on())).toEqual([]);
  expect(await planned(machineId, { 'sdc:uuid': uuid }, on(uuid))).toEqual([]);
  for (const spelling of [uuid.toUpperCase(), ` ${uuid}\r\n`, `\n${uuid.toUpperCase()} `])
    expect(await planned(machineId, { 'sdc:uuid': spelling }, on(uuid))).toEqual([]);
  expect(await planned(machineId, { 'sdc:uuid': uuid }, on(uuid.toUpperCase()))).toEqual([]);
  expect(await planned(machineId, {}, on(other))).toEqual([]);
  const clone = files(await planned(machineId, { 'sdc:uuid': uuid }, on(other)));
  expect(Object.keys(clone)).toEqual([path, '/var/lib/dbus/machine-id']);
  expect(new Set(Object.values(clone)).size).toBe(1);
});

it('makes none where nothing uses it', async () => {
  expect(await planned(machineId, { 'sdc:uuid': uuid }, scratchSystem({}, { init: 'runit' }))).toEqual([]);
});
