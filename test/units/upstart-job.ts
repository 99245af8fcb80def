/**
 * A strict reader of Upstart's job files, init(5) of Upstart 1.12: the stanzas, the event conditions and the scripts
 * that our jobs use, and an error with the line for everything else. It stands in for an Upstart that Debian has not.
 */
export interface UpstartJob {
  readonly startOn?: EventCondition;
  readonly stopOn?: EventCondition;
  readonly task: boolean;
  readonly emits: readonly string[];
  /** Seconds. */
  readonly killTimeout?: number;
  readonly main: { readonly kind: 'exec' | 'script'; readonly text: string };
}

export type EventCondition =
  | { readonly event: string; readonly match: readonly string[] }
  | { readonly operator: 'and' | 'or'; readonly left: EventCondition; readonly right: EventCondition };

export class JobError extends Error {}

/** The events that Ubuntu 14.04 and Red Hat 6 have, upstart-events(7); whoever waits for another waits for ever. */
const knownEvents: ReadonlySet<string> = new Set([
  ...['startup', 'runlevel', 'control-alt-delete', 'keyboard-request', 'power-status-changed', 'container'],
  ...['starting', 'started', 'stopping', 'stopped'],
  ...['mounting', 'mounted', 'virtual-filesystems', 'local-filesystems', 'remote-filesystems', 'all-swaps'],
  ...['filesystem', 'net-device-added', 'net-device-removed', 'net-device-up', 'net-device-down'],
  ...['static-network-up', 'deconfiguring-networking', 'failsafe-boot'],
]);

/** The jobs of Ubuntu 14.04, as far as a boot agent may want to wait for them, and our own. */
const knownJobs: ReadonlySet<string> = new Set([
  ...['mountall', 'hostname', 'networking', 'network-interface', 'resolvconf', 'ssh', 'rc-sysinit', 'rc'],
  ...['lx-agent-early', 'lx-agent-late', 'lx-agent-network-events'],
]);

const plainWords = {
  description: /^"[^"]*"$/,
  author: /^"[^"]*"$/,
  console: /^(log|none|output|owner)$/,
  emits: /^[a-z][a-z0-9-]*$/,
  'kill timeout': /^\d+$/,
} as const;

/** Read a job. Throws JobError, with the line, for what init(5) does not know or a job may hold only once. */
export function readUpstartJob(text: string): UpstartJob {
  const job: Record<string, string> = {};
  const emits: string[] = [];
  let task = false;
  let main: UpstartJob['main'] | undefined;

  for (const { line, number } of stanzas(text)) {
    const fail = (why: string): never => {
      throw new JobError(`line ${number}: ${why}: ${line.split('\n')[0]}`);
    };
    const [, name = '', rest = ''] =
      /^(start on|stop on|kill timeout|end script|[a-z]+)(?:\s+([\s\S]*))?$/.exec(line) ?? fail('no stanza');
    if (name === 'task') {
      if (rest !== '') fail('task takes no argument');
      task = true;
    } else if (name === 'script' || name === 'exec') {
      if (main !== undefined) fail('a second main process');
      if (rest.trim() === '') fail('nothing to run');
      main = { kind: name, text: rest };
    } else if (name === 'start on' || name === 'stop on') {
      if (job[name] !== undefined) fail('a second time');
      readCondition(rest);
      job[name] = rest;
    } else if (name in plainWords) {
      if (!Object.entries(plainWords).some(([known, pattern]) => known === name && pattern.test(rest)))
        fail('not a value of this stanza');
      if (name === 'emits') {
        if (!knownEvents.has(rest)) fail('not an event that anybody knows');
        emits.push(rest);
      } else if (job[name] !== undefined) fail('a second time');
      else job[name] = rest;
    } else fail('unknown stanza');
  }
  if (main === undefined) throw new JobError('nothing to run: neither exec nor script');
  return {
    ...(job['start on'] === undefined ? {} : { startOn: readCondition(job['start on']) }),
    ...(job['stop on'] === undefined ? {} : { stopOn: readCondition(job['stop on']) }),
    ...(job['kill timeout'] === undefined ? {} : { killTimeout: Number(job['kill timeout']) }),
    task,
    emits,
    main,
  };
}

/** Stanzas with the number of their first line: a script up to `end script`, a condition up to its last bracket. */
function stanzas(text: string): { line: string; number: number }[] {
  const lines = text.split('\n');
  const found: { line: string; number: number }[] = [];
  for (let index = 0; index < lines.length; index++) {
    const number = index + 1;
    let line = (lines[index] ?? '').trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line === 'script') {
      const end = lines.findIndex((other, at) => at > index && other.trim() === 'end script');
      if (end === -1) throw new JobError(`line ${number}: script without an end`);
      line = `script ${lines.slice(index + 1, end).join('\n')}`;
      index = end;
    } else {
      while (count(line, '(') > count(line, ')')) {
        index++;
        const next = lines[index];
        if (next === undefined) throw new JobError(`line ${number}: a bracket is not closed`);
        line += ` ${next.trim()}`;
      }
    }
    found.push({ line, number });
  }
  return found;
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** `EVENT [KEY=VALUE | VALUE]…` joined by `and`, `or` (both bind alike, from the left) and brackets. */
export function readCondition(text: string): EventCondition {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  const condition = sequence(tokens);
  if (tokens.length > 0) throw new JobError(`unexpected ${tokens[0]} in: ${text}`);
  return condition;
}

function sequence(tokens: string[]): EventCondition {
  let left = operand(tokens);
  for (;;) {
    const operator = tokens[0];
    if (operator !== 'and' && operator !== 'or') return left;
    tokens.shift();
    left = { operator, left, right: operand(tokens) };
  }
}

function operand(tokens: string[]): EventCondition {
  const token = tokens.shift();
  if (token === '(') {
    const inner = sequence(tokens);
    if (tokens.shift() !== ')') throw new JobError('a bracket is not closed');
    return inner;
  }
  if (token === undefined || !/^[a-z][a-z0-9-]*$/.test(token)) throw new JobError(`not an event: ${token}`);
  const match: string[] = [];
  for (
    let next = tokens[0];
    next !== undefined && !['and', 'or', '(', ')'].includes(next);
    next = tokens[0]
  ) {
    if (!/^([A-Z_]+!?=)?(\[!?[^\]\s]+\]|[\w.*?-]+)+$/.test(next)) throw new JobError(`not a match: ${next}`);
    match.push(next);
    tokens.shift();
  }
  if (!knownEvents.has(token)) throw new JobError(`an event that nobody gives: ${token}`);
  const aboutJob = /^(start|stopp)(ing|ed)$/.test(token);
  if (aboutJob && !knownJobs.has(match[0] ?? ''))
    throw new JobError(`${token} of a job that nobody has: ${match[0]}`);
  // Of what we wait for, only these have a first variable that is matched without its name: JOB, RUNLEVEL.
  const plain = match.filter((value) => !value.includes('=')).length;
  if (plain > (aboutJob || token === 'runlevel' ? 1 : 0))
    throw new JobError(`${token} is not told so much: ${match.join(' ')}`);
  return { event: token, match };
}

/** The events of a condition, in order, with the job that `starting` or `stopped` are about. */
export function eventsOf(condition: EventCondition | undefined): string[] {
  if (condition === undefined) return [];
  if ('event' in condition) return [[condition.event, ...condition.match].join(' ')];
  return [...eventsOf(condition.left), ...eventsOf(condition.right)];
}
