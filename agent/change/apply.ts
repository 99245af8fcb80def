import type { Ended, Program } from '../system/process.ts';
import type { Root } from '../system/root.ts';
import { backUp } from './backups.ts';
import type { CommandChange, GeneratedChange } from './change.ts';
import type { Settled } from './settle.ts';

/** Seconds that a program may take to make the files of a GeneratedChange. */
const generationDeadline = 120;

/** The result of applying a Change. */
export interface Applied {
  /** How the program ended, for a command. */
  readonly ended?: Ended;
}

/** A program was ended because the agent was told to stop. Nothing further may begin. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Apply one Change to a root. Before it replaces what was edited by hand, a backup goes below /var/lib/lx-agent/backup.
 * `onStart` is called with the process id of a command. Throws RootError, Interrupted, or an Error that names the program
 * and how it ended.
 */
export async function apply(
  settled: Settled & { result: 'wanted' },
  root: Root,
  onStart?: (pid: number) => void,
): Promise<Applied> {
  const { change } = settled;
  if (settled.backup && 'path' in change) backUp(root, change.path, settled.before);
  switch (change.kind) {
    case 'file':
      if (change.inPlace) {
        root.append(change.path, change.content, change.mode);
        return {};
      }
      makeParents(root, change.path);
      root.write(change.path, change.content, { mode: change.mode, ...change.owner });
      return {};
    case 'copy':
      makeParents(root, change.path);
      root.copy(change.from, change.path, { mode: change.mode });
      return {};
    case 'link':
      makeParents(root, change.path);
      root.link(change.path, change.target);
      return {};
    case 'directory':
      root.makeDirectory(change.path, { mode: change.mode, ...change.owner });
      if (change.exact) root.setAttributes(change.path, { mode: change.mode, ...change.owner });
      return {};
    case 'absent':
      root.remove(change.path, change.recursive);
      return {};
    case 'rename':
      root.rename(change.from, change.to);
      return {};
    case 'generated':
      await generate(change, root);
      return {};
    case 'command':
      return { ended: await command(change, root, onStart) };
  }
}

function makeParents(root: Root, path: string): void {
  const folder = path.slice(0, path.lastIndexOf('/'));
  if (folder !== '' && root.entry(`${folder}/.`) === undefined) root.makeDirectory(folder, { mode: 0o755 });
}

async function generate(change: GeneratedChange, root: Root): Promise<void> {
  await root.withTemporaryFolder(change.directory, async (folder) => {
    const ended = await start({
      argv: change.argv,
      deadline: generationDeadline,
      cwd: root.outside(folder),
    });
    if (ended.status !== 0) throw failure(change.argv, ended);
    for (const { name, mode, owner } of change.files) {
      const content = root.read(`${folder}/${name}`);
      if (content === undefined || content.length === 0)
        throw new Error(
          `${change.argv[0]} ended well but left no ${name}; look at its own messages: ${ended.tail.trim()}`,
        );
      root.write(`${change.directory}/${name}`, content, { mode, ...owner });
    }
  });
}

async function command(
  change: CommandChange,
  root: Root,
  onStart: ((pid: number) => void) | undefined,
): Promise<Ended> {
  const { argv, otherwise, deadline, output, environment, accept = [], script } = change;
  if (!root.live) throw new Error(`${argv[0]}: not run, for ${root.path} is not the running system`);
  const run = (one: CommandChange['argv']) =>
    start({
      argv: one,
      deadline,
      cwd: '/',
      ...(output === undefined ? {} : { output, title: one.join(' ') }),
      ...(environment === undefined ? {} : { environment }),
      ...(onStart === undefined ? {} : { onStart }),
    });
  const isWell = ({ status }: Ended) => status === 0 || (status !== null && accept.includes(status));
  const ended = await run(argv);
  if (isWell(ended) || script !== undefined) return ended;
  if (otherwise === undefined || ended.ended === 'interrupted') throw failure(argv, ended);
  const other = await run(otherwise);
  if (isWell(other)) return other;
  const both = `${describeEnd(argv, ended)}; ${describeEnd(otherwise, other)}`;
  throw other.ended === 'interrupted' ? new Interrupted(both) : new Error(both);
}

function failure(argv: readonly string[], ended: Ended): Error {
  const message = describeEnd(argv, ended);
  return ended.ended === 'interrupted' ? new Interrupted(message) : new Error(message);
}

/** A boot that changes nothing starts no program, so it does not load the module that starts them. */
async function start(program: Program): Promise<Ended> {
  const { runProgram } = await import('../system/process.ts');
  return await runProgram(program);
}

/** How a program ended, in one line: `ssh-keygen: exit status 1: no space left`. */
export function describeEnd(argv: readonly string[], ended: Ended): string {
  const how =
    ended.ended !== undefined
      ? `ended ${ended.ended === 'deadline' ? 'at its deadline' : 'because the agent was told to stop'}`
      : ended.status !== null
        ? `exit status ${ended.status}`
        : `killed by ${ended.signal ?? 'a signal'}`;
  const tail = ended.tail.trim().split('\n').at(-1);
  return `${argv[0]}: ${how}${tail ? `: ${tail}` : ''}`;
}
