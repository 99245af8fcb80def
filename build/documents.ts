import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { reportSchema } from '../agent/report/schema.ts';
import { steps } from '../agent/steps/order.ts';
import { scriptRecordSchema } from '../agent/system/state.ts';
import { bashCompletion, fishCompletion, zshCompletion } from './completions.ts';
import { configurationManual } from './configuration-manual.ts';
import { configurationSchema } from './configuration-schema.ts';
import { jsonSchema } from './json-schema.ts';
import { programManual } from './manual.ts';
import { metadataSchema } from './metadata-schema.ts';

// `node build/documents.ts`: write what is made from the program's own tables; a test sees that it was done.

const repository = join(import.meta.dirname, '..');

/** Every made document: its path in the repository, and its text. */
export function documents(): Readonly<Record<string, string>> {
  const { version } = v.parse(
    v.object({ version: v.string() }),
    JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')),
  );
  return {
    'docs/lx-agent.8': programManual(steps, version),
    'docs/lx-agent.ini.5': configurationManual(steps, version),
    'docs/completions/lx-agent.bash': bashCompletion(steps),
    'docs/completions/_lx-agent': zshCompletion(steps),
    'docs/completions/lx-agent.fish': fishCompletion(steps),
    'docs/report.schema.json': json(jsonSchema(reportSchema, 'What lx-agent run --json prints')),
    'docs/configuration.schema.json': json(configurationSchema(steps)),
    'docs/metadata.schema.json': json(
      jsonSchema(metadataSchema, 'What lx-agent config check --metadata takes'),
    ),
    'docs/status.schema.json': json(jsonSchema(statusSchema, 'What lx-agent status --json prints')),
  };
}

const statusSchema = v.object({
  version: v.literal(1),
  early: v.optional(reportSchema),
  late: v.optional(reportSchema),
  runs: v.pipe(
    v.optional(v.array(reportSchema)),
    v.description('The runs by hand since the boot, the newest first'),
  ),
  running: v.pipe(
    v.optional(v.array(v.object({ what: v.string(), pid: v.string(), since: v.string() }))),
    v.description('What runs now: the late stage, or a script by its name'),
  ),
  scripts: v.pipe(
    v.record(v.string(), scriptRecordSchema),
    v.description('How each script last ran, by its name'),
  ),
});

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

if (import.meta.main)
  for (const [path, text] of Object.entries(documents())) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
