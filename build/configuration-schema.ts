import type { Step } from '../agent/steps/step.ts';
import { longestDeadline, policies, rendererNames } from '../agent/system/configuration.ts';
import { type Setting, settings } from './settings.ts';

type Schema = Readonly<Record<string, unknown>>;

/** /etc/lx-agent.ini as an object, section to key to value, for tools that write or check it: JSON Schema. */
export function configurationSchema(steps: readonly Step[]): Schema {
  const sections = [...new Set(settings.map(({ section }) => section))];
  const switches = { enum: ['on', 'off', 'yes', 'no', 'true', 'false'], default: 'on' };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What /etc/lx-agent.ini may hold',
    ...object({
      steps: object(
        Object.fromEntries(steps.map(({ name, summary }) => [name, { description: summary, ...switches }])),
      ),
      ...Object.fromEntries(
        sections.map((name) => [
          name,
          object(
            Object.fromEntries(
              settings
                .filter(({ section }) => section === name)
                .map((setting) => [setting.key, { description: setting.meaning, ...formOf(setting) }]),
            ),
          ),
        ]),
      ),
    }),
  };
}

function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, additionalProperties: false };
}

function formOf({ section, key, default: fallback }: Setting): Schema {
  if (section === 'network' && key === 'renderer')
    return { enum: ['auto', 'none', ...rendererNames], default: fallback };
  if (section === 'network' && key === 'policy') return { enum: policies, default: fallback };
  return { type: 'integer', minimum: 1, maximum: longestDeadline, default: Number(fallback) };
}
