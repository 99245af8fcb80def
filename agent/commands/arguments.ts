import { parseArgs } from 'node:util';
import type { Command, Option } from './command.ts';
import { commonOptions, programOptions } from './options.ts';
import { type CommandName, commands } from './table.ts';

/** A parsed command line. */
export interface Invocation {
  readonly name: CommandName;
  readonly operands: readonly string[];
  /** Options without a value, by long name. */
  readonly flags: ReadonlySet<string>;
  /** Options with a value, by long name. The last one wins if an option is repeated and takes no list. */
  readonly values: ReadonlyMap<string, string>;
  /** Options that take a list, by long name. Options that were not given are not in it. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
}

/** An unknown word, and the words that are valid in its place. */
export interface Unknown {
  readonly word: string;
  readonly known: readonly string[];
}

/** The arguments are wrong. The message is one line and says where to find help. */
export class UsageError extends Error {
  /** Input for a suggestion. The suggestion is computed only when the error is printed, so a boot does not pay for it. */
  readonly unknown: Unknown | undefined;

  constructor(message: string, unknown?: Unknown) {
    super(message);
    this.unknown = unknown;
  }
}

/**
 * Parse the arguments after the program's name. A request for help becomes the command `help`.
 * Throws UsageError.
 */
export function parseArguments(argv: readonly string[]): Invocation {
  const [first, second] = argv;
  if (first === undefined) throw new UsageError('no command given; see lx-agent --help');
  if (first === '--help' || first === '-h') return help([]);
  const command = find(first) ?? (second === undefined ? undefined : find(`${first} ${second}`));
  if (command === undefined) throw unknownCommand(first, second);
  return parseCommand(command, argv.slice(command.name.split(' ').length));
}

/** The value of an option in seconds; undefined when it was not given. */
export function seconds(invocation: Invocation, option: string): number | undefined {
  const text = invocation.values.get(option);
  return text === undefined ? undefined : Number(text);
}

function find(name: string): (Command & { readonly name: CommandName }) | undefined {
  return commands.find((command) => command.name === name);
}

function unknownCommand(first: string, second: string | undefined): UsageError {
  const verbs = commands
    .map(({ name }) => name.split(' '))
    .flatMap(([group, verb]) => (group === first && verb !== undefined ? [verb] : []));
  if (verbs.length === 0) {
    if (first.startsWith('-'))
      return new UsageError(`there is no option ${quote(first)}; see lx-agent --help`, {
        word: first,
        known: programOptions.map(({ name }) => `--${name}`),
      });
    return new UsageError(`there is no command ${quote(first)}; see lx-agent --help`, {
      word: first,
      known: commands.map(({ name }) => name.split(' ')[0] ?? name),
    });
  }
  const use = `use lx-agent ${first} ${verbs.join('|')}`;
  if (second === undefined || second.startsWith('-')) return new UsageError(`${first} needs a verb; ${use}`);
  return new UsageError(`there is no verb ${quote(second)}; ${use}`, { word: second, known: verbs });
}

function parseCommand(command: Command & { readonly name: CommandName }, args: string[]): Invocation {
  const options: readonly Option[] = [...command.options, ...commonOptions];
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  const operands: string[] = [];
  const fail = (problem: string, unknown?: Unknown): never => {
    throw new UsageError(`${command.name}: ${problem}; see lx-agent help ${command.name}`, unknown);
  };

  // parseArgs only splits the words into tokens. Its own error messages are long and do not name our help.
  const { tokens } = parseArgs({
    args,
    strict: false,
    tokens: true,
    options: Object.fromEntries(options.map((option) => [option.name, parserOption(option)])),
  });
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = options.find(({ name }) => name === token.name);
    const given = token.rawName;
    if (option === undefined)
      fail(`there is no option ${quote(given)}`, {
        word: given,
        known: options.map(({ name }) => `--${name}`),
      });
    else if (option.value === undefined) {
      if (token.value !== undefined) fail(`${given} takes no value`);
      flags.add(option.name);
    } else {
      const { value } = token;
      if (value === undefined || value === '' || (!token.inlineValue && /^-./.test(value)))
        return fail(`${given} needs a value, ${option.value}`);
      if (option.choices !== undefined && !option.choices.includes(value))
        fail(`${given} must be one of ${option.choices.join(', ')}, not ${quote(value)}`, {
          word: value,
          known: option.choices,
        });
      if (option.type === 'seconds' && !/^\d{1,6}(\.\d{1,3})?$/.test(value))
        fail(`${given} must be a number of seconds, not ${quote(value)}`);
      if (option.type === 'count' && !/^\d{1,6}$/.test(value))
        fail(`${given} must be a whole number, not ${quote(value)}`);
      if (option.type === 'list')
        lists.set(option.name, [...(lists.get(option.name) ?? []), ...value.split(',').filter(Boolean)]);
      else values.set(option.name, value);
    }
  }
  if (flags.has('help')) return help(command.name.split(' '));

  const absent = options.find(({ name, required }) => required === true && !values.has(name));
  if (absent !== undefined) fail(`--${absent.name} ${absent.value} is missing`);
  const missing = command.operands.filter(({ required }) => required)[operands.length];
  if (missing !== undefined) fail(`${missing.name} is missing`);
  const surplus = operands[command.operands.length];
  if (surplus !== undefined && command.operands.at(-1)?.repeats !== true)
    fail(`unexpected argument ${quote(surplus)}`);
  return { name: command.name, operands, flags, values, lists };
}

function help(operands: readonly string[]): Invocation {
  return { name: 'help', operands, flags: new Set(), values: new Map(), lists: new Map() };
}

function parserOption({ value, short }: Option): { type: 'string' | 'boolean'; short?: string } {
  return { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) };
}

/** What the user typed, as a JSON string: line feeds in it cannot break the one-line message. */
function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
