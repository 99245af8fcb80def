import { suggestion } from '../suggestion.ts';
import { RootError } from '../system/root-error.ts';
import { UsageError } from './arguments.ts';
import type { Io } from './io.ts';

/** An error in one line. `usage`: the arguments are wrong. `failure`: the work failed. `bug`: this program is wrong. */
interface Fault {
  readonly kind: 'usage' | 'failure' | 'bug';
  readonly message: string;
  readonly suggestion?: string;
}

/** Report an error that ends a command. Returns the exit status. */
export function sayError(
  error: unknown,
  json: boolean,
  io: Pick<Io, 'stdout' | 'stderr'>,
  rootDirectory?: string,
): number {
  const fault = belowRoot(faultOf(error), error, rootDirectory);
  return sayFault(fault, fault.kind === 'usage' ? 3 : 1, json, io);
}

/** Report that a command failed. Returns the exit status `exit`. */
export function sayFailure(
  message: string,
  exit: number,
  json: boolean,
  io: Pick<Io, 'stdout' | 'stderr'>,
): number {
  return sayFault({ kind: 'failure', message }, exit, json, io);
}

/** One line on stderr for a person. With --json also an object on stdout, so that a program always gets one. */
function sayFault(
  fault: Fault,
  exit: number,
  json: boolean,
  { stdout, stderr }: Pick<Io, 'stdout' | 'stderr'>,
): number {
  const meant = fault.suggestion === undefined ? '' : ` (did you mean ${fault.suggestion}?)`;
  stderr.write(`lx-agent: ${fault.message}${meant}\n`);
  if (json) stdout.write(`${JSON.stringify({ version: 1, exit, error: fault }, null, 2)}\n`);
  return exit;
}

/** A RootError names a path within the root. With a root other than /, add the root, or the path would mislead. */
function belowRoot(fault: Fault, error: unknown, rootDirectory = '/'): Fault {
  if (!(error instanceof RootError) || rootDirectory === '/' || fault.message.includes(rootDirectory))
    return fault;
  return { ...fault, message: `below ${rootDirectory}: ${fault.message}` };
}

function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { kind: 'failure', message: String(error) };
  if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError)
    return { kind: 'bug', message: `this is a bug in lx-agent, please report it: ${error.stack}` };
  if (!(error instanceof UsageError)) return { kind: 'failure', message: error.message };
  const { message, unknown } = error;
  const meant = unknown === undefined ? undefined : suggestion(unknown.word, unknown.known);
  return { kind: 'usage', message, ...(meant === undefined ? {} : { suggestion: meant }) };
}
