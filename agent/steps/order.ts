import { authorizedKeys } from './authorized-keys.ts';
import { containerTraces } from './container-traces.ts';
import { earlyHooks, lateHooks } from './hooks.ts';
import { hostname } from './hostname.ts';
import { machineId } from './machine-id.ts';
import { network } from './network.ts';
import { operatorScript } from './operator-script.ts';
import { provision } from './provision.ts';
import { resolver } from './resolver.ts';
import { routes } from './routes.ts';
import { sshHostKeys } from './ssh-host-keys.ts';
import { standIns } from './stand-ins.ts';
import type { Step } from './step.ts';
import { userData } from './user-data.ts';
import { userScript } from './user-script.ts';
import { zfsMounts } from './zfs-mounts.ts';

/** The boot, in order. A step that fails does not stop the others. */
export const steps: readonly Step[] = [
  // The host waits for this step. It means that the metadata could be read, and comes before any user code.
  provision,
  // Before the network service starts.
  standIns,
  hostname,
  resolver,
  network,
  machineId,
  containerTraces,
  // Before sshd and the distribution's own key generation.
  sshHostKeys,
  authorizedKeys,
  userData,
  zfsMounts,
  earlyHooks,
  // Last of the early stage: it may halt the instance (RFD 109).
  operatorScript,
  // The late stage: the network is up. A script may need the routes.
  routes,
  userScript,
  lateHooks,
];
