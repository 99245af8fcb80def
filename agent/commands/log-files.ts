import { logPath } from '../report/log.ts';

/** The names of the logs, as operators type them. */
export const logNames = ['agent', 'operator-script', 'user-script', 'hooks'] as const;
export type LogName = (typeof logNames)[number];

/** The path of each log. The rotated log has the suffix `.1`. */
export const logPaths: Readonly<Record<LogName, string>> = {
  agent: logPath,
  'operator-script': '/var/log/mdata-operator-script.log',
  'user-script': '/var/log/mdata-user-script.log',
  hooks: '/var/log/lx-agent-hooks.log',
};

/** The lines since the last line that marks a run, or all lines if there is none. */
export function lastRun(lines: readonly string[]): readonly string[] {
  const begin = lines.findLastIndex((line) => /^\[lx-agent: \d{4}-\d\d-\d\dT\S+Z: .*\]$/.test(line));
  return begin < 0 ? lines : lines.slice(begin);
}
