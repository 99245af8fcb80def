import { startupSnapshot } from 'node:v8';
import { type Invocation, parseArguments } from './commands/arguments.ts';
import { type Io, processIo } from './commands/io.ts';
import type { CommandName } from './commands/table.ts';

type Run = (invocation: Invocation, io: Io) => Promise<number>;

/** Each command is loaded only when it is called: a boot must not pay for the doctor. */
const commands: Readonly<Record<CommandName, () => Promise<{ run: Run }>>> = {
  run: () => import('./commands/run.ts'),
  boot: () => import('./commands/boot.ts'),
  status: () => import('./commands/status.ts'),
  doctor: () => import('./commands/doctor.ts'),
  logs: () => import('./commands/logs.ts'),
  collect: () => import('./commands/collect.ts'),
  history: () => import('./commands/history.ts'),
  explain: () => import('./commands/explain.ts'),
  'config check': () => import('./commands/config.ts'),
  timeline: () => import('./commands/timeline.ts'),
  'metadata get': () => import('./commands/metadata.ts'),
  'metadata list': () => import('./commands/metadata.ts'),
  'metadata put': () => import('./commands/metadata.ts'),
  'metadata delete': () => import('./commands/metadata.ts'),
  'image install': () => import('./commands/image.ts'),
  'image uninstall': () => import('./commands/image.ts'),
  'image prepare': () => import('./commands/image.ts'),
  'image unprepare': () => import('./commands/image.ts'),
  'image check': () => import('./commands/image.ts'),
  'image rules': () => import('./commands/image-rules.ts'),
  help: () => import('./commands/help.ts'),
};

/**
 * Run a command and return its exit status. `argv` is without the program's name. Every error becomes one line on
 * stderr, and with --json also an object on stdout.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    if (argv[0] === '--version') {
      const { run } = await import('./commands/version.ts');
      return run(argv.slice(1), io);
    }
    const invocation = parseArguments(argv);
    const { run } = await commands[invocation.name]();
    return await run(invocation, io);
  } catch (error) {
    const { sayError } = await import('./commands/error-text.ts');
    return sayError(error, asksForJson(argv), io, rootOf(argv));
  }
}

/** The value of the last --root, given as `--root DIR` or `--root=DIR`. */
function rootOf(argv: readonly string[]): string | undefined {
  const index = argv.findLastIndex((word) => word === '--root' || word.startsWith('--root='));
  const word = argv[index];
  return word === '--root' ? argv[index + 1] : word?.slice('--root='.length);
}

/** Works on arguments that could not be parsed, too. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
}

/**
 * Run the command and end the process. `process.exit` loses no output, because every write is synchronous; and no
 * forgotten handle can block a boot.
 */
export async function start(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  process.exit(await main(argv, processIo()));
}

// While the build makes the heap snapshot, the program is only loaded, not started.
if (!startupSnapshot.isBuildingSnapshot()) start();
