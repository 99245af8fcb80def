import type { FileStory, Owner, StepStory } from '../explain/file.ts';
import type { StepExplanation } from '../explain/step.ts';
import { steps } from '../steps/order.ts';
import { joined } from './lines.ts';
import { type Colour, paint, printable, type Style } from './style.ts';
import { columns, wrap } from './wrap.ts';

const owners: Readonly<Record<Owner, readonly [string, Colour]>> = {
  agent: ["the agent's", 'green'],
  edited: ['edited by hand', 'yellow'],
  shared: ['shared', 'green'],
  platform: ["the platform's", 'green'],
  others: ["not the agent's", 'yellow'],
  image: ["the agent's", 'green'],
  none: ['nobody', 'dim'],
  unknown: ['not known', 'yellow'],
};
const labelColumn = 14;

/** What is known about a file, at most 80 columns wide. */
export function renderFile(story: FileStory, style: Style): string {
  return joined([
    [
      paint(style, 'bold', printable(style, story.path)),
      ...field('owner', `${owners[story.owner][0]}: ${story.because}`, style),
      ...(story.modified === undefined ? [] : field('modified', moment(story.modified), style)),
      ...todo(story, style),
      ...story.backups.flatMap((path) => field('backup', path, style)),
    ],
    ...story.steps.map((one) => stepOfFile(one, style)),
  ]);
}

function stepOfFile(story: StepStory, style: Style): string[] {
  const step = steps.find(({ name }) => name === story.step);
  const read = step?.keys.filter((key) => story.metadata.includes(key)) ?? [];
  const changed = story.changed === undefined ? 'before the runs on record, or never' : moment(story.changed);
  return [
    paint(style, 'bold', `step ${printable(style, story.step)}, ${story.stage} stage`),
    ...field('why', story.why, style),
    ...field('metadata', read.length === 0 ? 'none of its keys is set' : read.join(', '), style),
    ...field('last change', changed, style),
    ...field(
      'last run',
      `${moment(story.looked)}: ${story.result}${story.reason === undefined ? '' : `, ${story.reason}`}`,
      style,
    ),
  ];
}

function todo({ owner, steps: stories }: FileStory, style: Style): string[] {
  const [last] = stories;
  if (last === undefined || !['edited', 'others', 'unknown'].includes(owner)) return [];
  return field(
    'to do',
    `lx-agent run --dry-run ${last.step} shows what a run would do; with --force it takes the file over`,
    style,
  ).map((line) => paint(style, 'cyan', line));
}

/** What is known about a step, at most 80 columns wide. */
export function renderStep(story: StepExplanation, style: Style): string {
  const { last } = story;
  return joined([
    [
      paint(style, 'bold', `step ${story.step}, ${story.stage} stage`),
      ...field('does', story.summary, style),
      ...(story.off ? field('off', 'the configuration switches it off', style) : []),
      ...field('last run', last === undefined ? 'none on record' : lastRun(last), style),
      ...(last?.remedy === undefined ? [] : field('to do', last.remedy, style)),
    ],
    story.keys.length === 0
      ? []
      : [
          paint(style, 'bold', 'metadata that it reads'),
          ...story.keys.flatMap(({ key, meaning, found }) => [
            `  ${key}${found === undefined ? '' : found ? ': set' : ': not set'}`,
            ...wrap(meaning, columns - 6).map((line) => `      ${line}`),
          ]),
        ],
    story.files.length === 0
      ? []
      : [
          paint(style, 'bold', 'files'),
          ...story.files.flatMap(({ path, owner, because }) => [
            `  ${printable(style, path)}`,
            ...wrap(printable(style, `${owners[owner][0]}: ${because}`), columns - 6).map(
              (line) => `      ${paint(style, owners[owner][1], line)}`,
            ),
          ]),
        ],
  ]);
}

function lastRun({ started, result, reason }: NonNullable<StepExplanation['last']>): string {
  return `${moment(started)}: ${result}${reason === undefined ? '' : `, ${reason}`}`;
}

function field(label: string, text: string, style: Style): string[] {
  return wrap(printable(style, text), columns - labelColumn - 2).map(
    (line, index) => `  ${(index === 0 ? label : '').padEnd(labelColumn)}${line}`,
  );
}

function moment(iso: string): string {
  return iso.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
}
