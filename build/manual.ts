import type { Command, Option } from '../agent/commands/command.ts';
import { optionMeaning, synopsis } from '../agent/commands/help.ts';
import { commonOptions, programOptions } from '../agent/commands/options.ts';
import { commands } from '../agent/commands/table.ts';
import {
  categorySummaries,
  type Listed,
  listedCategories,
  listedRules,
  whereOf,
} from '../agent/image/rule-list.ts';
import type { Step } from '../agent/steps/step.ts';
import { roff } from './roff.ts';

/** lx-agent(8): commands and options from their table, steps from their list. */
export function programManual(steps: readonly Step[], version: string): string {
  return page([
    roff.title('lx-agent', 8, `lx-agent ${version}`),
    roff.section('Name'),
    'lx\\-agent \\- the boot agent of SmartOS and Triton lx zones',
    roff.section('Synopsis'),
    roff.literal(commands.map(synopsis).join('\n')),
    roff.section('Description'),
    roff.paragraph(
      "lx-agent reads the metadata of the instance that it runs in and makes the instance itself: its name, its resolvers and network files, its keys and its scripts. Init calls it twice in a boot. The early stage runs once the local file systems can be written, before the network, sshd and whatever reads the host name or the resolvers; the late stage runs the customer's script when the network is up, and no login waits for it. Where a boot has no user-script, no static routes and no late hooks, the early stage says so in the reports of both, and init does not start the late one.",
    ),
    roff.paragraph(
      'What is right already is left alone: a second run with the same metadata changes nothing. A file that somebody edited since the agent wrote it stays as it is, and the report says so; --force takes it over.',
    ),
    roff.section('Commands'),
    ...commands.flatMap(commandSection),
    roff.section('Options'),
    ...programOptions.map(optionItem),
    roff.section('Steps'),
    roff.paragraph(
      'A boot does these, in this order. Each can be run again by name, and switched off in lx-agent.ini(5).',
    ),
    ...steps.map((step) => roff.item(step.name, `${step.summary} (${step.stage} stage).`)),
    roff.section('Rules of images'),
    roff.paragraph(
      'image prepare does these and image check looks at them; --only and --skip take their names and those of the categories.',
    ),
    ...listedCategories.flatMap((category) => [
      roff.subsection(category),
      roff.paragraph(`${capitalized(categorySummaries[category])}.`),
      ...listedRules()
        .filter((one) => one.category === category)
        .map((one) => roff.item(one.rule, ruleMeaning(one))),
    ]),
    roff.section('Exit status'),
    roff.paragraph('Unless the command says otherwise:'),
    roff.item('0', 'Done, or nothing to do.'),
    roff.item('1', 'A step failed, or something was found to be wrong.'),
    roff.item('2', 'The metadata could not be read.'),
    roff.item('3', 'The arguments are wrong.'),
    roff.section('Files'),
    ...files.map(([path, meaning]) => roff.item(path, meaning)),
    roff.section('Environment'),
    roff.item('NO_COLOR', 'No colours, when it is set and not empty.'),
    roff.item('TERM', 'No colours either when it is dumb or not set.'),
    roff.item('LC_ALL, LC_CTYPE, LANG', 'Only ASCII is printed unless the locale is a UTF-8 one.'),
    roff.section('See also'),
    roff.paragraph('lx-agent.ini(5), systemd-analyze(1), resolv.conf(5), sshd_config(5)'),
  ]);
}

/** Files that an operator may look for, besides those that the steps are about. */
const files = [
  ['/etc/lx-agent.ini', 'The configuration; see lx-agent.ini(5).'],
  [
    '/etc/lx-agent/early.d, /etc/lx-agent/late.d',
    'Hooks: executables that are run in the order of their names.',
  ],
  [
    '/var/lib/lx-agent/report-early.json, report-late.json',
    'What the last boot did, as lx-agent status shows it; with a time in the name, what earlier boots did.',
  ],
  ['/var/lib/lx-agent/report-run-*.json', 'What the last runs by hand did.'],
  ['/var/lib/lx-agent/state.json', 'What the agent last wrote, by which it knows its own files.'],
  ['/var/lib/lx-agent/backup', 'Files that were edited by hand, from before --force replaced them.'],
  ['/run/lx-agent-scripts.json', 'How the scripts of this boot ran.'],
  ['/run/lx-agent-late.idle', 'This boot has nothing for the late stage to do; init does not start it.'],
  ['/var/log/lx-agent.log', 'Faults and warnings; not written when there are none.'],
  ['/var/log/mdata-user-script.log', 'The output of the user-script.'],
  ['/var/db/mdata-user-data', 'The user-data.'],
  ['/var/svc/mdata-user-script, /var/svc/mdata-operator-script', 'The scripts.'],
] as const;

/** What a rule wants, for which roots, and whether only `image check` knows it. */
function ruleMeaning(one: Listed): string {
  const where = whereOf(one);
  return [
    `${capitalized(one.summary)}.`,
    ...(where === '' ? [] : [`For ${where}.`]),
    ...(one.by === 'check' ? ['Only image check knows it.'] : []),
  ].join(' ');
}

function commandSection(command: Command): string[] {
  const items = [
    ...command.operands.map(({ name, summary }) => roff.item(name, `${summary}.`)),
    ...[...command.options, ...commonOptions].map(optionItem),
  ];
  return [
    roff.subsection(synopsis(command)),
    roff.paragraph(`${command.summary}. ${command.description.join(' ')}`.trim()),
    ...items,
    roff.paragraph(
      `Exit status: ${command.exits.map(({ status, meaning }) => `${status}, ${meaning}`).join('; ')}.`,
    ),
    ...command.examples.flatMap(({ command: line, meaning }) => [
      roff.paragraph(`${capitalized(meaning)}:`),
      roff.literal(line),
    ]),
  ];
}

function optionItem(option: Option): string {
  const { name, short, value } = option;
  const long = value === undefined ? `--${name}` : `--${name} ${value}`;
  return roff.item(short === undefined ? long : `-${short}, ${long}`, `${optionMeaning(option)}.`);
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Blocks as a page; the first line says where it comes from, for whoever would edit it. */
export function page(blocks: readonly string[]): string {
  return `.\\" Made by build/documents.ts; edit what that reads, not this.\n${blocks.join('\n')}\n`;
}
