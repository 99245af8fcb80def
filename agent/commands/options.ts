import type { Option } from './command.ts';

export const json: Option = { name: 'json', summary: 'Print one JSON object in place of text' };
export const root: Option = {
  name: 'root',
  value: 'DIR',
  completes: 'directory',
  default: '/',
  summary: 'Work on the tree below DIR as if it were /',
};
/** Required: if a builder forgets it, the command must not prepare the build machine. */
export const imageRoot: Option = {
  name: 'root',
  value: 'DIR',
  completes: 'directory',
  required: true,
  summary: 'The root of the image; / inside a container that becomes the image',
};
export const socket: Option = {
  name: 'socket',
  value: 'PATH',
  completes: 'file',
  default: '/native/.zonecontrol/metadata.sock',
  summary: 'The metadata socket',
};
export const dryRun: Option = {
  name: 'dry-run',
  short: 'n',
  summary: 'Show what would change as a unified diff, secrets masked, and change nothing',
};
export const force: Option = {
  name: 'force',
  short: 'f',
  summary: 'Take over files that were edited by hand; the old ones go to /var/lib/lx-agent/backup',
};
export const deadline: Option = {
  name: 'deadline',
  value: 'SECONDS',
  type: 'seconds',
  default: '10',
  summary: 'Give up if there is no answer within this time',
};
export const only: Option = {
  name: 'only',
  value: 'RULES',
  type: 'list',
  completes: 'rule',
  summary: 'Only these rules or categories, separated by commas; lx-agent image rules lists them',
};
export const skip: Option = {
  name: 'skip',
  value: 'RULES',
  type: 'list',
  completes: 'rule',
  summary: 'All but these rules or categories, separated by commas',
};

/** Options of every command. */
export const commonOptions: readonly Option[] = [
  { name: 'help', short: 'h', summary: 'Print the help of the command' },
];

/** Options that can replace a command. */
export const programOptions: readonly Option[] = [
  ...commonOptions,
  {
    name: 'version',
    summary: 'Print the version and the commit of this build; with --json as an object',
  },
];
