import { steps } from '../steps/order.ts';
import { suggestion } from '../suggestion.ts';
import { type Configuration, configurationPath, readConfiguration } from '../system/configuration.ts';
import type { ReadableRoot } from '../system/system.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** What is wrong with a configuration: each fault in one line with its place, and what is in force in spite of it. */
export interface ConfigurationCheck {
  readonly faults: readonly ConfigurationFault[];
  readonly configuration: Configuration;
}

export interface ConfigurationFault {
  /** `/etc/lx-agent.ini:3: error: …` */
  readonly message: string;
  /** The known word that was most likely meant. */
  readonly suggestion?: string;
}

/** Look at the configuration at `path`, by the names of the steps that there are. */
export function lookAtConfiguration(
  root: Pick<ReadableRoot, 'readText'>,
  path = configurationPath,
): ConfigurationCheck {
  const faults: ConfigurationFault[] = [];
  const configuration = readConfiguration(
    root,
    (message, unknown) => {
      const meant = unknown === undefined ? undefined : suggestion(unknown.word, unknown.known);
      faults.push(meant === undefined ? { message } : { message, suggestion: meant });
    },
    steps.map(({ name }) => name),
    path,
  );
  return { faults, configuration };
}

/** Whether the configuration says what its author meant; steps that it switches off are worth knowing. */
export function checkConfiguration(
  root: Pick<ReadableRoot, 'readText' | 'entry'>,
  path = configurationPath,
): Finding[] {
  const { faults, configuration } = lookAtConfiguration(root, path);
  const off = [...configuration.stepsOff];
  const findings = [
    ...faults.map(({ message, suggestion: meant }) =>
      wrong(
        'config',
        message,
        meant === undefined
          ? `correct ${path}; check it with lx-agent config check`
          : `write ${meant} if that was meant; check it with lx-agent config check`,
      ),
    ),
    ...(off.length > 0 ? [note('config', `${path} switches off ${off.join(', ')}`)] : []),
  ];
  if (findings.length > 0) return findings;
  return root.entry(path) === undefined
    ? [ok('config', `there is no ${path}: the defaults apply`)]
    : [ok('config', `${path} is correct`)];
}
