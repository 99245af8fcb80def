import type { Change } from '../change/change.ts';
import type { Instance } from '../metadata/instance.ts';
import { crypto } from '../system/crypto.ts';
import type { System } from '../system/system.ts';
import { textIfReadable } from '../system/text-if-readable.ts';
import { isClone } from './clone.ts';
import type { Step } from './step.ts';

const path = '/etc/machine-id';
const dbusPath = '/var/lib/dbus/machine-id';

/**
 * /etc/machine-id, machine-id(5): created if it is missing, and replaced in a clone. A running systemd has read its id
 * before any unit started, and may have mounted it over an empty file. The id that is written here then applies from the
 * next boot.
 */
export const machineId: Step = {
  name: 'machine-id',
  stage: 'early',
  summary: 'Machine id: made where missing, new in a clone',
  keys: ['sdc:uuid'],
  identity: true,
  plan(instance, system) {
    const { root } = system;
    const used =
      system.init === 'systemd' || [path, '/var/lib/dbus'].some((place) => root.entry(place) !== undefined);
    return used ? planMachineId(instance, system) : { skip: 'nothing here uses a machine id' };
  },
};

function planMachineId(instance: Instance, { root, state }: System): Change[] {
  const present = textIfReadable(root, path)?.trim() ?? '';
  const valid = /^[0-9a-f]{32}$/.test(present) && !/^0+$/.test(present);
  const clone = isClone(instance, { state });
  const id = valid && !clone ? present : deriveMachineId(instance.uuid ?? crypto().randomUUID());
  const file = {
    kind: 'file',
    content: `${id}\n`,
    mode: 0o444,
    claim: 'always',
    why: clone ? 'this is another instance than the one on record' : 'every machine has an id of its own',
  } as const;
  const changes: Change[] = [];
  if (id !== present) changes.push({ ...file, path });
  if (root.entry(dbusPath)?.kind === 'file' && textIfReadable(root, dbusPath)?.trim() !== id)
    changes.push({ ...file, path: dbusPath, mode: 0o644 });
  return changes;
}

/**
 * The machine id of an instance. It is a hash of the instance's id: an instance keeps its machine id even if its first
 * boot is interrupted, and two instances never share one. It has the version and variant bits of a random UUID, as
 * machine-id(5) recommends. That page also says not to expose the id to a network. The hash does not reveal the instance's
 * id, but anybody who knows that id can compute it. The same is true of the hypervisor's UUID, which systemd uses in a
 * virtual machine.
 */
function deriveMachineId(seed: string): string {
  const bytes = crypto()
    .createHash('sha256')
    .update(`lx-agent machine-id ${seed.toLowerCase()}`)
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex');
}
