import { parse } from 'ini';
import type { Root } from './root.ts';

/** `/etc/lx-agent.ini`, with the defaults where it is silent. Times are in seconds. */
export interface Configuration {
  /** Steps that the image builder switched off, by name. */
  readonly stepsOff: ReadonlySet<string>;
  readonly early: { readonly metadataDeadline: number; readonly operatorScriptDeadline: number };
  readonly late: { readonly metadataDeadline: number; readonly userScriptDeadline: number };
  readonly hooks: { readonly deadline: number };
  readonly network: { readonly renderer: RendererChoice; readonly policy: 'auto' | 'hands-off' | 'full' };
}

export const rendererNames = [
  'ifupdown',
  'netplan',
  'networkd',
  'networkmanager',
  'ifcfg',
  'suse',
  'netifrc',
  'void',
] as const;
export type RendererName = (typeof rendererNames)[number];
const rendererChoices = [...rendererNames, 'auto', 'none'] as const;
export type RendererChoice = (typeof rendererChoices)[number];

export const configurationPath = '/etc/lx-agent.ini';
const largest = 64 * 1024;
const day = 86_400;
/** The longest deadline that a setting may have, in seconds. */
export const longestDeadline = 7 * day;

/**
 * The defaults. A user-script may rightly run for hours, but nothing waits without a deadline: it has a day.
 */
export const defaultConfiguration: Configuration = {
  stepsOff: new Set(),
  early: { metadataDeadline: 15, operatorScriptDeadline: 300 },
  late: { metadataDeadline: 300, userScriptDeadline: day },
  hooks: { deadline: 60 },
  network: { renderer: 'auto', policy: 'auto' },
};

/** A word in the file that is not known, and those that could stand in its place. */
interface Unknown {
  readonly word: string;
  readonly known: readonly string[];
}

/** Told of each fault in the file. */
type Warn = (message: string, unknown?: Unknown) => void;

/**
 * Read `/etc/lx-agent.ini`. Whatever is wrong with it, there is a configuration: an unknown section or key, and a
 * value that cannot be used, are handed to `warn` with their line, and the default applies. The last of several
 * assignments of a key counts. With `steps` given, a step of another name is an unknown key.
 */
export function readConfiguration(
  root: Pick<Root, 'readText'>,
  warn: Warn,
  steps?: readonly string[],
  path = configurationPath,
): Configuration {
  let text: string | undefined;
  try {
    text = root.readText(path, largest);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warn(`${reason.includes(path) ? '' : `${path}: `}${reason}; the defaults apply`);
  }
  return text === undefined ? defaultConfiguration : parseConfiguration(text, path, warn, steps);
}

function parseConfiguration(
  text: string,
  path: string,
  warn: Warn,
  steps?: readonly string[],
): Configuration {
  const draft: Draft = { stepsOff: new Set(), seconds: new Map(), ...defaultConfiguration.network };
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  let section = '';
  for (const [index, written] of lines.entries()) {
    const line = headerAlone(written);
    const report: Warn = (fault, unknown) => warn(`${path}:${index + 1}: ${fault}`, unknown);
    // Each line is read by itself, so that a fault can name its line.
    for (const [key, value] of Object.entries<unknown>(parse(line))) {
      if (typeof value === 'object' && value !== null) section = sectionOf(line, report);
      // The parser takes a word that stands alone for a switch that is on.
      else if (value === true && !line.includes('=') && isKnownSection(section))
        report(`error: ${printable(key)}: there is no = in this line; it has no effect`);
      else assign(draft, { section, key, text: String(value) }, report, steps);
    }
  }
  return configurationOf(draft);
}

/** The parser knows a header of a section only if the line has nothing else: no blanks before it, no comment after it. */
function headerAlone(line: string): string {
  return /^\s*(\[[^\]]*\])\s*([;#].*)?$/.exec(line)?.[1] ?? line;
}

/** What the lines so far have set. */
interface Draft {
  readonly stepsOff: Set<string>;
  /** By `section.key`. */
  readonly seconds: Map<string, number>;
  renderer: RendererChoice;
  policy: Configuration['network']['policy'];
}

/** One `key = text`, and the section that it is in. */
interface Assignment {
  readonly section: string;
  readonly key: string;
  readonly text: string;
}

function sectionOf(line: string, report: Warn): string {
  const section = line.slice(1, -1).trim();
  if (!sections.has(section))
    report(`warning: unknown section [${printable(section)}]`, { word: section, known: [...sections] });
  return section;
}

function assign(draft: Draft, assignment: Assignment, report: Warn, steps?: readonly string[]): void {
  const { section, key, text } = assignment;
  const name = `${section}.${key}`;
  const bad = (wanted: string, known: readonly string[] = []) =>
    report(`error: ${printable(key)} = ${printable(text)}: wanted ${wanted}; the default applies`, {
      word: text,
      known,
    });
  const oneOf = <Choice extends string>(choices: readonly Choice[]): Choice | undefined => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) bad(`one of ${choices.join(', ')}`, choices);
    return choice;
  };

  if (section === 'steps') {
    if (steps !== undefined && !steps.includes(key))
      report(`warning: unknown step ${printable(key)}`, { word: key, known: steps });
    else if (isOff(text)) draft.stepsOff.add(key);
    else if (isOn(text)) draft.stepsOff.delete(key);
    else bad('on or off', ['on', 'off']);
  } else if (deadlines.has(name)) {
    const number = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    if (number >= 1 && number <= longestDeadline) draft.seconds.set(name, number);
    else bad(`seconds, 1 to ${longestDeadline}`);
  } else if (name === 'network.renderer') draft.renderer = oneOf(rendererChoices) ?? draft.renderer;
  else if (name === 'network.policy') draft.policy = oneOf(policies) ?? draft.policy;
  else if (isKnownSection(section)) {
    const where = section === '' ? 'outside any section' : `in [${section}]`;
    report(`warning: unknown key ${printable(key)} ${where}`, { word: key, known: keysOf(section) });
  }
}

function configurationOf({ stepsOff, seconds, renderer, policy }: Draft): Configuration {
  const { early, late, hooks } = defaultConfiguration;
  return {
    stepsOff,
    early: {
      metadataDeadline: seconds.get('early.metadata_deadline') ?? early.metadataDeadline,
      operatorScriptDeadline: seconds.get('early.operator_script_deadline') ?? early.operatorScriptDeadline,
    },
    late: {
      metadataDeadline: seconds.get('late.metadata_deadline') ?? late.metadataDeadline,
      userScriptDeadline: seconds.get('late.user_script_deadline') ?? late.userScriptDeadline,
    },
    hooks: { deadline: seconds.get('hooks.deadline') ?? hooks.deadline },
    network: { renderer, policy },
  };
}

const sections = new Set(['steps', 'early', 'late', 'hooks', 'network']);
/** What network.policy may be. */
export const policies = ['auto', 'hands-off', 'full'] as const;
const deadlines = new Set([
  'early.metadata_deadline',
  'early.operator_script_deadline',
  'late.metadata_deadline',
  'late.user_script_deadline',
  'hooks.deadline',
]);

function isKnownSection(section: string): boolean {
  return sections.has(section) || section === '';
}

/** The keys that a section may have; all of them where somebody forgot the section. */
function keysOf(section: string): string[] {
  const all = [...deadlines, 'network.renderer', 'network.policy'].map((name) => name.split('.'));
  const keys = all.flatMap(([of, key]) =>
    key !== undefined && (section === '' || of === section) ? [key] : [],
  );
  return [...new Set(keys)];
}

function isOff(value: string): boolean {
  return ['off', 'no', 'false'].includes(value.toLowerCase());
}

function isOn(value: string): boolean {
  return ['on', 'yes', 'true'].includes(value.toLowerCase());
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 60);
}
