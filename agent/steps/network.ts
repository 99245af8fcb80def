import type { Change } from '../change/change.ts';
import { chooseRenderer, loadRenderer } from '../network/choose.ts';
import { conflictingFiles } from '../network/conflicts.ts';
import { readLinks } from '../network/links.ts';
import { networkOf } from '../network/model.ts';
import type { Step } from './step.ts';

/** The distribution's own network files, before its network service reads them. */
export const network: Step = {
  name: 'network',
  stage: 'early',
  summary: 'The network files of the distribution',
  keys: ['sdc:nics', 'sdc:routes', 'sdc:resolvers', 'sdc:dns_domain', 'docker:id'],
  async plan(instance, system) {
    if (instance.docker) return { skip: "in a Docker container the platform's own init sets up the network" };
    const wanted = networkOf(instance, readLinks(system.root), system.configuration.network.policy);
    if (wanted === undefined) return { skip: 'the metadata does not say which network interfaces there are' };
    const name = chooseRenderer(system);
    if (name === undefined) return { skip: 'no network service that the agent knows is installed' };
    const renderer = await loadRenderer(name);
    const files = await renderer.files(wanted, system.root);
    const paths = new Set(files.map(({ path }) => path));
    const others = conflictingFiles(system.root, name, wanted, renderer.owns).map(
      ({ path, interfaces }) =>
        `; ${path}, which is not the agent's, also configures ${interfaces.join(', ')}`,
    );
    const why = `the network files of ${name} follow sdc:nics${others.join('')}`;
    const gone = Object.keys(system.state.files).filter((path) => renderer.owns(path) && !paths.has(path));
    return [
      ...files.map(
        ({ path, content, mode = 0o644, claim = 'ours-until-edited' }): Change => ({
          kind: 'file',
          path,
          content: claim === 'shared' ? Buffer.from(content, 'latin1') : content,
          mode,
          claim,
          why,
        }),
      ),
      ...gone.map(
        (path): Change => ({
          kind: 'absent',
          path,
          claim: 'ours-until-edited',
          why: 'the interface is gone from sdc:nics',
        }),
      ),
    ];
  },
};
