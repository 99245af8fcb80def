import { type Invocation, UsageError } from './arguments.ts';
import type { Command, Option } from './command.ts';
import type { Io } from './io.ts';
import { commonOptions, programOptions } from './options.ts';
import { commands } from './table.ts';
import { columns, wrap } from './wrap.ts';

/** `lx-agent help [COMMAND]`: help for the program, for a command, or a list of a command's verbs. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const wanted = invocation.operands.join(' ');
  const found = commands.filter(({ name }) => name === wanted || name.startsWith(`${wanted} `));
  if (wanted !== '' && found.length === 0)
    throw new UsageError(`help: there is no command ${JSON.stringify(wanted)}; see lx-agent --help`, {
      word: wanted,
      known: commands.flatMap(({ name }) => [name, name.split(' ')[0] ?? name]),
    });
  const [only, ...others] = found;
  if (wanted === '') io.stdout.write(programHelp());
  else if (only !== undefined && others.length === 0) io.stdout.write(commandHelp(only));
  else
    io.stdout.write(`${found.map((command) => `${synopsis(command)}\n    ${command.summary}`).join('\n')}\n`);
  return 0;
}

/** The overview: every command with its summary. */
export function programHelp(): string {
  const rows = commands.map(({ name, summary }) => ({ term: name, meaning: summary }));
  return [
    'lx-agent, the boot agent of SmartOS and Triton lx zones',
    '',
    'Usage: lx-agent COMMAND [OPTION]...',
    '',
    'Commands:',
    ...definitions(rows),
    '',
    'Options:',
    ...definitions(programOptions.map(optionRow)),
    '',
    'See lx-agent help COMMAND for one command, and lx-agent(8) for all of it.',
    '',
  ].join('\n');
}

/** All about one command: synopsis, description, operands, options, examples, exit statuses. */
export function commandHelp(command: Command): string {
  const sections: string[][] = [
    [`lx-agent ${command.name}: ${command.summary}`],
    [`Usage: ${synopsis(command)}`],
    ...command.description.map((paragraph) => wrap(paragraph, columns)),
    section(
      'Operands',
      definitions(command.operands.map(({ name, summary }) => ({ term: name, meaning: summary }))),
    ),
    section('Options', definitions([...command.options, ...commonOptions].map(optionRow))),
    section(
      'Examples',
      command.examples.flatMap(({ command: line, meaning }) => [`  ${line}`, `      ${meaning}`]),
    ),
    section(
      'Exit status',
      definitions(command.exits.map(({ status, meaning }) => ({ term: String(status), meaning }))),
    ),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** `lx-agent run [OPTION]... [STEP]...` */
export function synopsis(command: Command): string {
  const operands = command.operands.map(({ name, required, repeats }) => {
    const word = required ? name : `[${name}]`;
    return repeats ? `${word}...` : word;
  });
  const required = command.options
    .filter((option) => option.required === true)
    .map(({ name, value }) => `--${name} ${value}`);
  const others = command.options.length > required.length ? ['[OPTION]...'] : [];
  return ['lx-agent', command.name, ...required, ...others, ...operands].join(' ');
}

/** `-n, --dry-run` or `    --root DIR`: long names line up in one column. */
export function optionTerm({ name, short, value }: Option): string {
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}

/** The summary, with the choices and the default if there are any. */
export function optionMeaning({ summary, choices, default: fallback }: Option): string {
  const chosen = choices === undefined ? summary : `${summary}: ${choices.join(', ')}`;
  return fallback === undefined ? chosen : `${chosen} (default: ${fallback})`;
}

function optionRow(option: Option): Row {
  return { term: optionTerm(option), meaning: optionMeaning(option) };
}

interface Row {
  readonly term: string;
  readonly meaning: string;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines];
}

/** Terms in one column, their meanings wrapped in the next. `widest` aligns several such tables. */
export function definitions(rows: readonly Row[], widest = 0): string[] {
  const column = Math.max(widest, ...rows.map(({ term }) => term.length)) + 4;
  return rows.flatMap(({ term, meaning }) =>
    wrap(meaning, columns - column).map((line, index) =>
      index === 0 ? `  ${term.padEnd(column - 2)}${line}` : `${' '.repeat(column)}${line}`,
    ),
  );
}
