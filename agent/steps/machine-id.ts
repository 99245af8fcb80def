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
 * /etc/machine-id, machine-id(5): made where there is none, and made anew in a clone. A running systemd read its own
 * before any unit started, and may have mounted it over an empty file: what is written here then holds from the
 * next boot on.
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
 * The machine id of an instance: a hash, so that the same instance gets the same one however often its boot is cut
 * short, and two instances never share one; with the version and variant bits of a random UUID, as machine-id(5)
 * recommends. That page also asks not to show the id to a network: it does not give away the instance's id, but
 * who knows that one can compute it, as with the hypervisor's UUID that systemd itself takes in a virtual machine.
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
