import { logPath } from '../report/log.ts';

/** The logs that there are, by the names that an operator calls them. */
export const logNames = ['agent', 'operator-script', 'user-script', 'hooks'] as const;
export type LogName = (typeof logNames)[number];

/** Where each log is; the one before it is beside it, with `.1` at its end. */
export const logPaths: Readonly<Record<LogName, string>> = {
  agent: logPath,
  'operator-script': '/var/log/mdata-operator-script.log',
  'user-script': '/var/log/mdata-user-script.log',
  hooks: '/var/log/lx-agent-hooks.log',
};

/** The lines since the last mark of a run; all of them where there is none. */
export function lastRun(lines: readonly string[]): readonly string[] {
  const begin = lines.findLastIndex((line) => /^\[lx-agent: \d{4}-\d\d-\d\dT\S+Z: .*\]$/.test(line));
  return begin < 0 ? lines : lines.slice(begin);
}
