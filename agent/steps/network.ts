import { type Change, subject } from '../change/change.ts';
import { settle } from '../change/settle.ts';
import type { Instance } from '../metadata/instance.ts';
import { chooseRenderer, loadRenderer } from '../network/choose.ts';
import { conflictingFiles } from '../network/conflicts.ts';
import { keepFirstLook, linksAtFirstLook } from '../network/first-look.ts';
import { choiceWith, idleService } from '../network/idle-service.ts';
import { type Network, networkOf } from '../network/model.ts';
import type { RenderedFile, Renderer } from '../network/renderer.ts';
import type { ReadableRoot, System } from '../system/system.ts';
import { isClone } from './clone.ts';
import type { Step } from './step.ts';

/** The deadline of a program that makes the network service reload its files, in seconds. */
const deadline = 30;
const gone = 'the interface is gone from sdc:nics';

/** The distribution's own network files, before its network service reads them. */
export const network: Step = {
  name: 'network',
  stage: 'early',
  summary: 'The network files of the distribution',
  keys: ['sdc:nics', 'sdc:routes', 'sdc:resolvers', 'sdc:dns_domain', 'docker:id'],
  async plan(instance, system) {
    if (instance.docker) return { skip: "in a Docker container the platform's own init sets up the network" };
    const name = chooseRenderer(system);
    const renderer = name && (await loadRenderer(name));
    const idle = renderer && idleService(system.root, renderer);
    const policy = choiceWith(idle, system.configuration.network.policy);
    const wanted = networkOf(instance, linksAtFirstLook(system), policy);
    if (wanted === undefined) return { skip: 'the metadata does not say which network interfaces there are' };
    if (renderer === undefined) return { skip: 'no network service that the agent knows is installed' };
    const files = await renderer.files(wanted, system.root);
    const own = new Set([
      ...files.filter(({ claim }) => claim !== 'shared').map(({ path }) => path),
      ...Object.keys(system.state.files),
    ]);
    const others = conflictingFiles(system.root, renderer, wanted, (path) => own.has(path)).map(
      ({ path, interfaces }) =>
        `; ${path}, which is not the agent's, also configures ${interfaces.join(', ')}`,
    );
    const lacking = wanted.interfaces
      .filter(({ lacks }) => lacks.length > 0)
      .map((one) => `; ${one.name}, which the platform configured, is without ${one.lacks.join(', ')}`);
    const why = `the network files of ${name} follow sdc:nics${others.join('')}${lacking.join('')}${unread(idle, wanted)}`;
    const changes = [
      ...files.flatMap((file) => present(file, why, renderer, system.root)),
      ...goneFiles(files, renderer, system).flatMap((path) => absent(path, renderer, system.root)),
    ];
    const auto = system.configuration.network.policy === 'auto';
    return [
      ...changes,
      ...takeUp(changes, renderer, instance, system),
      ...(auto ? keepFirstLook(wanted, system) : []),
    ];
  },
};

function unread(idle: string | undefined, { interfaces }: Network): string {
  if (idle === undefined || !interfaces.some(({ policy }) => policy === 'full')) return '';
  return `; but nobody reads them, for ${idle} keeps the network service from its work`;
}

/** A file and its links. If something else is at the place of a link, it is used as it is. */
function present(file: RenderedFile, why: string, renderer: Renderer, root: ReadableRoot): Change[] {
  const { path, content, mode = 0o644, claim = 'ours-until-edited', linked, fault } = file;
  const links = linked ? (renderer.linksOf?.(path) ?? []) : [];
  return [
    {
      kind: 'file',
      path,
      content: claim === 'shared' ? Buffer.from(content, 'latin1') : content,
      mode,
      claim,
      why,
      ...(fault === undefined ? {} : { fault }),
    },
    ...links
      .filter((link) => root.entry(link.path) === undefined || isThere(link, root))
      .map((link): Change => ({ kind: 'link', ...link, why })),
  ];
}

function goneFiles(files: readonly RenderedFile[], renderer: Renderer, { state }: System): string[] {
  const there = new Set(files.map(({ path }) => path));
  return Object.keys(state.files).filter((path) => renderer.owns(path) && !there.has(path));
}

/** The links come first: they are known only by the record of the file, which goes when the file goes. */
function absent(path: string, renderer: Renderer, root: ReadableRoot): Change[] {
  const links = (renderer.linksOf?.(path) ?? []).filter((link) => isThere(link, root)).reverse();
  return [
    ...links.map((link): Change => ({ kind: 'absent', path: link.path, why: gone })),
    { kind: 'absent', path, claim: 'ours-until-edited', why: gone },
  ];
}

function isThere({ path, target }: { path: string; target: string }, root: ReadableRoot): boolean {
  return root.linkTarget(path) === target;
}

/** Only for files that change, and only on the running machine: in another root the next boot reads them. */
function takeUp(
  changes: readonly Change[],
  renderer: Renderer,
  instance: Instance,
  { root, state, beforeInit }: System,
): Change[] {
  if (renderer.takeUp === undefined || !root.live || beforeInit === true) return [];
  const own = isClone(instance, { state }) ? { ...state, files: {} } : state;
  const commands = new Map<string, Change>();
  for (const { change, result } of settle(changes, root, own)) {
    const argv = result === 'wanted' && 'path' in change ? renderer.takeUp?.(change.path) : undefined;
    if (argv === undefined || commands.has(argv.join(' '))) continue;
    const why = `the running system read ${subject(change)} before it changed`;
    commands.set(argv.join(' '), { kind: 'command', argv, deadline, why });
  }
  return [...commands.values()];
}
