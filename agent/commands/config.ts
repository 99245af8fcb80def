import { resolve } from 'node:path';
import { checkConfiguration, lookAtConfiguration } from '../doctor/configuration.ts';
import { type Finding, note, ok, wrong } from '../doctor/finding.ts';
import { checkMetadataFile } from '../doctor/metadata-file.ts';
import { configurationPath } from '../system/configuration.ts';
import { openRoot } from '../system/open-root.ts';
import type { Invocation } from './arguments.ts';
import { renderFindings } from './doctor-text.ts';
import type { Io } from './io.ts';
import { count, styleFor } from './style.ts';

/** Size limit of a metadata file, in bytes: more than the platform can hold. */
const largest = 64 * 1024 * 1024;

/** `lx-agent config check [FILE]`: find faults in a configuration, and in metadata in a file. */
export async function run({ operands, flags, values }: Invocation, io: Io): Promise<number> {
  const [file] = operands;
  // FILE is a path of the caller's system. The default file is in the root.
  const root = openRoot(file === undefined ? (values.get('root') ?? '/') : '/');
  const path = file === undefined ? configurationPath : resolve(file);
  if (file !== undefined && root.entry(path) === undefined) throw new Error(`there is no file ${file}`);
  const metadata = values.get('metadata');
  const findings = [
    ...checkConfiguration(root, path),
    ...(metadata === undefined ? [] : checkMetadata(metadata)),
  ];
  const exit = findings.some(({ status }) => status === 'wrong') ? 1 : 0;
  if (flags.has('json')) {
    const { configuration } = lookAtConfiguration(root, path);
    const inForce = { ...configuration, stepsOff: [...configuration.stepsOff] };
    io.stdout.write(
      `${JSON.stringify({ version: 1, exit, file: path, findings, configuration: inForce }, null, 2)}\n`,
    );
  } else io.stdout.write(renderFindings(findings, styleFor(io.stdout, io.environment)));
  return exit;
}

function checkMetadata(file: string): Finding[] {
  const text = openRoot('/').readText(resolve(file), largest);
  if (text === undefined) throw new Error(`there is no file ${file}`);
  try {
    const { known, others, faults, notes } = checkMetadataFile(text);
    return [
      ...faults.map(({ key, reason }) =>
        wrong('metadata', `${key}: ${reason}`, `correct it in ${file}; a boot would ignore this`),
      ),
      ...notes.map((text) => note('metadata', text)),
      ok(
        'metadata',
        `${file}: the agent reads ${count(known.length, 'key')}, scripts may read ${others.length} more`,
      ),
    ];
  } catch (error) {
    return [
      wrong(
        'metadata',
        `${file}: ${error instanceof Error ? error.message : error}`,
        'write one JSON object that maps metadata keys to values',
      ),
    ];
  }
}
