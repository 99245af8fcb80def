import type { Instance } from '../metadata/instance.ts';
import type { ReadableRoot } from '../system/system.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** How a name server answered: `silent` within the time that it had; `refused` when nothing listens at its address. */
export type DnsAnswer =
  | { readonly status: 'answered'; readonly milliseconds: number }
  | { readonly status: 'failed'; readonly code: string }
  | { readonly status: 'silent' | 'refused' };

/** MAXNS in resolv.h: the C library asks no more than three name servers. */
const most = 3;
/** Long enough for a resolver that has to ask others; three are asked at a time. Milliseconds. */
const patience = 3000;

/** The name servers that programs of this machine ask, by resolv.conf(5); undefined when there is no such file. */
export function nameServers(root: Pick<ReadableRoot, 'readText'>): readonly string[] | undefined {
  const text = root.readText('/etc/resolv.conf');
  return text === undefined
    ? undefined
    : [...text.matchAll(/^nameserver[ \t]+(\S+)/gm)].map(([, address = '']) => address);
}

/** resolv.conf against sdc:resolvers: what is missing, and what is left from earlier metadata. */
export function checkResolvConf(
  root: Pick<ReadableRoot, 'readText'>,
  { resolvers, invalid, docker }: Instance,
): Finding[] {
  if (docker) return [];
  const servers = nameServers(root);
  const refused = invalid.some(({ key }) => key === 'sdc:resolvers');
  const setOnHost = 'set them on the host: echo \'{"resolvers": ["ADDRESS"]}\' | vmadm update UUID';
  if (servers === undefined || servers.length === 0)
    return [
      wrong(
        'resolvers',
        `${servers === undefined ? 'there is no /etc/resolv.conf' : '/etc/resolv.conf names no name server'}: no name can be looked up`,
        resolvers === undefined || resolvers.length === 0
          ? `${refused ? 'no address in sdc:resolvers is valid' : 'the metadata names no resolver'}; ${setOnHost}`
          : 'lx-agent run resolver',
      ),
    ];
  if (resolvers?.length === 0)
    return [
      wrong(
        'resolvers',
        `sdc:resolvers is an empty list, and /etc/resolv.conf still names ${servers.join(', ')}, from earlier metadata or from the image`,
        `${setOnHost}; the agent never writes a resolv.conf without a name server`,
      ),
    ];
  if (servers.length > most)
    return [
      note(
        'resolvers',
        `/etc/resolv.conf names ${servers.length} name servers; the C library asks the first three only`,
      ),
    ];
  return [];
}

/** Ask each name server that programs would ask, all at a time, each with a deadline. */
export async function checkResolversAnswer(
  root: Pick<ReadableRoot, 'readText'>,
  ask: (server: string) => Promise<DnsAnswer> = askForRoot,
): Promise<Finding[]> {
  const servers = (nameServers(root) ?? []).slice(0, most);
  const answers = await Promise.all(servers.map(async (server) => ({ server, answer: await ask(server) })));
  return answers.map(({ server, answer }) => findingOf(server, answer));
}

function findingOf(server: string, answer: DnsAnswer): Finding {
  switch (answer.status) {
    case 'answered':
      return ok('resolvers', `${server} answers, in ${answer.milliseconds.toFixed(0)} ms`);
    case 'failed':
      return wrong(
        'resolvers',
        `${server} answers ${answer.code} when it is asked for the root zone`,
        'ask whoever runs it whether it serves this network; or set other resolvers on the host (vmadm update)',
      );
    case 'refused':
      return wrong(
        'resolvers',
        `nothing listens on port 53 of ${server}`,
        'start the service if the address is this machine; otherwise set other resolvers on the host (vmadm update)',
      );
    case 'silent':
      return wrong(
        'resolvers',
        `${server} gave no answer within ${patience / 1000} s`,
        `see whether it can be reached (ping ${server}) and whether a firewall is in between; otherwise set other resolvers on the host (vmadm update)`,
      );
  }
}

/** Ask for the name servers of the root zone, which every resolver knows. `server` is an address, with a port perhaps. */
export async function askForRoot(server: string, deadline = patience): Promise<DnsAnswer> {
  const { Resolver } = process.getBuiltinModule('node:dns').promises;
  const resolver = new Resolver({ timeout: deadline, tries: 1 });
  const timer = setTimeout(() => resolver.cancel(), deadline);
  const started = performance.now();
  try {
    resolver.setServers([server.includes('%') ? server.slice(0, server.indexOf('%')) : server]);
    await resolver.resolveNs('.');
    return { status: 'answered', milliseconds: performance.now() - started };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    // That there is no such record is an answer too.
    if (code === 'ENODATA' || code === 'ENOTFOUND')
      return { status: 'answered', milliseconds: performance.now() - started };
    if (code === 'ECONNREFUSED') return { status: 'refused' };
    if (code === 'ETIMEOUT' || code === 'ECANCELLED') return { status: 'silent' };
    return { status: 'failed', code: code.replace(/^E/, '') };
  } finally {
    clearTimeout(timer);
  }
}
