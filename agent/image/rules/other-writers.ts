import { cloudInitReadsMetadata } from '../cloud-init.ts';
import { readManifest } from '../manifest.ts';
import { hostKeys, otherWriters } from '../other-writers.ts';
import type { Image, Rule } from '../rule.ts';
import type { Want } from '../want.ts';

/** Host keys are somebody else's work for as long as no agent is there that makes them. */
function withoutWriters({ root }: Image): Want[] {
  const hasAgent = readManifest(root).agent !== undefined;
  return otherWriters(root)
    .filter(({ writes }) => hasAgent || writes.some((what) => what !== hostKeys))
    .flatMap(({ links }) => links.map((remove) => ({ remove })));
}

function undecidedWriters({ root }: Image): readonly string[] {
  return otherWriters(root)
    .filter(({ links }) => links.length === 0)
    .map(({ path, writes }) => `${path} writes ${writes.join(', ')}`);
}

export const otherWriterRules: readonly Rule[] = [
  {
    id: 'other-writers',
    category: 'services',
    summary:
      'nothing but the agent that writes the host name, /etc/hosts, resolv.conf, machine-id or host keys',
    reason:
      "such units run after the early stage and undo its work: lx-images' create_hosts_file.service writes the name that systemd knew before",
    source: 'lx-images',
    wants: withoutWriters,
    decision: {
      left: undecidedWriters,
      remedy: 'take that part out of it: the agent does this work at boot',
    },
  },
  {
    id: 'cloud-init',
    category: 'services',
    summary: 'one program that acts on the metadata',
    reason:
      'cloud-init runs the user-script and the operator-script too, and sets the host name and the network',
    source: 'cloud-init, DataSourceSmartOS',
    wants: [],
    decision: {
      left: ({ root }) =>
        cloudInitReadsMetadata(root) ? ["cloud-init is installed, and reads the instance's metadata"] : [],
      remedy:
        'touch /etc/cloud/cloud-init.disabled, or leave the scripts to cloud-init by user-script = off and operator-script = off in the section [steps] of /etc/lx-agent.ini',
    },
  },
];
