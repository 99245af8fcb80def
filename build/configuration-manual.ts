import type { Step } from '../agent/steps/step.ts';
import { page } from './manual.ts';
import { roff } from './roff.ts';
import { settings } from './settings.ts';

/** lx-agent.ini(5), from the table of settings and the list of steps. */
export function configurationManual(steps: readonly Step[], version: string): string {
  const sections = [...new Set(settings.map(({ section }) => section))];
  return page([
    roff.title('lx-agent.ini', 5, `lx-agent ${version}`),
    roff.section('Name'),
    'lx\\-agent.ini \\- configuration of lx\\-agent(8)',
    roff.section('Synopsis'),
    roff.paragraph('/etc/lx-agent.ini'),
    roff.section('Description'),
    roff.paragraph(
      'The file is optional, and so is everything in it. It is for the builder of an image; what differs from one instance to the next belongs to the metadata. Sections stand in brackets, settings are lines of KEY = VALUE, and comments begin with a semicolon or a number sign.',
    ),
    roff.paragraph(
      'A section or setting that is not known is a warning. A value that cannot be used is an error that names the line, and the default applies. Neither stops a boot; lx-agent status and lx-agent doctor show them.',
    ),
    roff.section('Settings'),
    roff.paragraph('The defaults are shown.'),
    ...sections.flatMap((section) => [
      roff.subsection(`[${section}]`),
      ...settings
        .filter((setting) => setting.section === section)
        .map(({ key, meaning, default: fallback }) => roff.item(`${key} = ${fallback}`, meaning)),
    ]),
    roff.subsection('[steps]'),
    roff.paragraph(
      `A step set to off is not run unless an operator names it: ${steps.map(({ name }) => name).join(', ')}.`,
    ),
    roff.section('Example'),
    roff.literal('[early]\nmetadata_deadline = 30\n\n[steps]\nauthorized-keys = off'),
    roff.section('See also'),
    roff.paragraph('lx-agent(8)'),
  ]);
}
