import { dirname } from 'node:path';
import { type Carried, decide, isPlace } from '../before-init/decision.ts';
import { lookAtRoot } from '../before-init/look.ts';
import { programElsewhere, runningProgram } from '../image/running-program.ts';
import type { Report } from '../report/report.ts';
import { run as runSteps } from '../steps/run.ts';
import { sinceStart } from '../system/clock.ts';
import { openRoot } from '../system/open-root.ts';
import type { Root } from '../system/root.ts';
import { metadataSocket, reasonNotInZone } from '../system/zone.ts';
import { version } from '../version.ts';
import { type Invocation, UsageError } from './arguments.ts';
import type { Io } from './io.ts';
import { keepLog } from './run.ts';

/** Milliseconds since the start of the process: the agent asks itself to stop at `ask`, and exits at `end`. */
const limits = { ask: 17_000, end: 20_000 } as const;
/** Where a zone sees the program of its platform. Used with --root, when this process runs outside the zone. */
const platformFolder = '/native/usr/lib/lx-agent';

/**
 * `lx-agent boot`: the platform calls it in each zone before the image's init. It always exits with 0 and within its
 * time limit, because the zone would not boot otherwise.
 */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const { values, flags } = invocation;
  const rootDirectory = values.get('root') ?? '/';
  const place = values.get('place') ?? (rootDirectory === '/' ? dirname(runningProgram()) : platformFolder);
  if (!isPlace(place))
    throw new UsageError(`boot: --place must be an absolute path of plain names, not ${place}`);
  const socket = values.get('socket');
  const say = (text: string) => io.stderr.write(`lx-agent: ${text}\n`);
  const reason = rootDirectory === '/' && socket === undefined ? reasonNotInZone() : undefined;
  if (reason !== undefined) {
    say(reason);
    return 0;
  }
  const root = openRoot(rootDirectory);
  const carried: Carried = { version, place };
  if (flags.has('dry-run')) {
    const { showBoot } = await import('./boot-dry-run.ts');
    return await showBoot(decide(lookAtRoot(root), carried), root, carried, flags.has('json'), io);
  }
  limitTime(say);
  try {
    await work(root, carried, socket ?? metadataSocket(), io, say);
  } catch (error) {
    say(
      `boot: ${error instanceof Error ? error.message : String(error)}; the rest is skipped and init starts`,
    );
  }
  return 0;
}

async function work(
  root: Root,
  carried: Carried,
  socketPath: string,
  io: Io,
  say: (text: string) => void,
): Promise<void> {
  const decision = decide(lookAtRoot(root), carried);
  if (decision.work === 'none') return say(`${decision.why}; nothing to do before init`);
  if (decision.work === 'lay down, then early stage') {
    const { layDownUnlessOff } = await import('../before-init/lay-down.ts');
    for (const line of await layDownUnlessOff(root, carried, socketPath, decision.why)) say(line);
  } else if (decision.warning !== undefined) say(decision.warning);
  const remaining = (limits.ask - 2_000 - sinceStart()) / 1000;
  const report = await runSteps({
    stages: ['early'],
    named: [],
    rootDirectory: root.path,
    socketPath,
    program: programElsewhere(),
    beforeInit: true,
    metadataDeadline: Math.max(1, remaining),
    dryRun: false,
    force: false,
  });
  keepLog(report, root.path, io);
  for (const line of troubles(report)) say(line);
}

/** The failures of the early stage, for the console. Everything else is in the report. */
function troubles({ metadata, steps, warnings }: Report): readonly string[] {
  return [
    ...(metadata.status === 'unavailable' ? [`the metadata could not be read: ${metadata.reason}`] : []),
    ...warnings,
    ...steps.flatMap(({ name, result, reason }) =>
      result === 'failed' ? [`${name} failed: ${reason ?? 'see lx-agent status'}`] : [],
    ),
  ];
}

/**
 * Limit the time of the whole command. First the agent sends itself SIGTERM, as init would: it ends the program that it
 * runs and writes the report. If something still hangs after that, the process exits.
 */
function limitTime(say: (text: string) => void): void {
  process.on('SIGTERM', () => undefined);
  setTimeout(() => process.kill(process.pid, 'SIGTERM'), limits.ask - sinceStart()).unref();
  setTimeout(() => {
    say(`boot: not done after ${limits.end / 1000} s; the rest is skipped and init starts`);
    process.exit(0);
  }, limits.end - sinceStart()).unref();
}
