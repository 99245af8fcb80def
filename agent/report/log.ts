import { existsSync } from 'node:fs';
import type { Root } from '../system/root.ts';
import { type Message, priorities } from './messages.ts';

/** The agent's own log, for whoever has no journal; the one before it is beside it, with `.1` at its end. */
export const logPath = '/var/log/lx-agent.log';
/** Beyond this, in bytes, a new one is begun: with the old one the log takes twice as much. */
const limit = 1024 * 1024;

/**
 * Whether what is written to stderr goes to systemd: it says so to its services (JOURNAL_STREAM since 231,
 * INVOCATION_ID since 232), and before that it can be known by its being the parent.
 */
export function underSystemd(
  environment: Readonly<Record<string, string | undefined>>,
  stderr: { readonly isTerminal: boolean },
): boolean {
  if (stderr.isTerminal) return false;
  if (environment.JOURNAL_STREAM !== undefined || environment.INVOCATION_ID !== undefined) return true;
  return process.ppid === 1 && existsSync('/run/systemd/system');
}

/** Messages as systemd reads them from stderr: a priority, by sd-daemon(3), before each line. */
export function journalLines(messages: readonly Message[]): string {
  return messages
    .map(({ priority, subject, text }) => `<${priorities[priority]}>${subject}: ${oneLine(text)}\n`)
    .join('');
}

/**
 * Append messages to the log of a root: `TIME PRIORITY SUBJECT: TEXT`, TIME in ISO 8601. Without messages, or where
 * there is no /var/log, nothing is written. Throws RootError when it cannot be written.
 */
export function appendLog(root: Root, messages: readonly Message[], time: string): void {
  if (messages.length === 0 || root.entry('/var/log') === undefined) return;
  const text = messages
    .map(({ priority, subject, text: said }) => `${time} ${priority} ${subject}: ${oneLine(said)}\n`)
    .join('');
  const size = root.entry(logPath)?.size ?? 0;
  if (size + Buffer.byteLength(text) > limit && size > 0) root.rename(logPath, `${logPath}.1`);
  root.append(logPath, text, 0o640);
}

/** Whatever a message quotes, it is one line, and a terminal that shows it does nothing but that. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return line.length > 2000 ? `${line.slice(0, 2000)}…` : line;
}
