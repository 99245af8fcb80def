import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type AgentPart, lowerLayers, runFolder } from './installed.ts';
import { type BootRecord, parseRecords } from './records.ts';
import type { BootRoot } from './roots.ts';
import { zonePrograms } from './zone/build.ts';

const run = promisify(execFile);

/** How a guest ended, by the status that boot.sh passes on. */
export type Ending = 'powered off' | 'rebooted' | 'ended by the limit' | `status ${number}`;

const endings: Readonly<Record<number, Ending>> = {
  130: 'powered off',
  129: 'rebooted',
  124: 'ended by the limit',
  137: 'ended by the limit',
};

/** A disk that survives a boot: what guests wrote on top of their root. */
export interface Disk {
  readonly folder: string;
  /** A path of the guest's, as this machine reads it; only what a guest wrote is there. */
  path(inGuest: string): string;
  remove(): void;
}

export function newDisk(): Disk {
  const boots = join(runFolder, 'boots');
  mkdirSync(boots, { recursive: true });
  const folder = mkdtempSync(join(boots, 'disk-'));
  return {
    folder,
    path: (inGuest) => join(folder, 'files', inGuest),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface BootOptions {
  readonly disk: Disk;
  /** The folder with the metadata server's socket; without it the guest has no such folder. */
  readonly metadata?: string | undefined;
  /** What of the agent is in the root (the agent, with a recorder). */
  readonly agent?: AgentPart;
  /** Whether the guest has what makes it an lx zone (it has). */
  readonly zone?: boolean;
  /**
   * Whose answers its system calls get: those of an lx zone's kernel (zone/answers.ts), which is the default of a zone,
   * or this machine's own, which is the default of a guest that is no zone.
   */
  readonly kernel?: 'lx' | 'linux';
  /** The interface as it is before init begins: with the address that the platform gave it (it has), without, or not there. */
  readonly nic?: 'plumbed' | 'bare' | 'none';
  /** What the platform has below its /usr; its lxinit is PID 1 then, and becomes the root's init. */
  readonly platform?: string;
  /** Seconds until the guest is ended whatever it does (120). */
  readonly limit?: number;
}

/** A running system. What it tells is read from the records that it made itself. */
export interface Guest {
  /** When its init began, in nanoseconds of the machine's clock. */
  readonly started: bigint;
  /** The process of its init, as this machine numbers it. */
  readonly pid: number;
  records(): BootRecord[];
  /** Wait for a record; throws with everything the guest said when it does not come within the seconds given. */
  waitFor(who: string, what?: string, seconds?: number): Promise<BootRecord>;
  /** Run a program in the guest and give its output; throws when it fails. */
  run(program: string, ...args: string[]): Promise<string>;
  /** Run the command that is to end it (`/sbin/shutdown -h now`, as vmadm does), and wait until it has ended. */
  end(command: readonly string[]): Promise<Ending>;
  /** All that it wrote to its console. */
  console(): string;
}

/** Boot a root, and come back as soon as its init has begun. */
export async function boot(root: BootRoot, options: BootOptions): Promise<Guest> {
  const { folder } = options.disk;
  const limit = options.limit ?? 120;
  const [pidfile, consoleFile] = [join(folder, 'pid'), join(folder, 'console')];
  rmSync(pidfile, { force: true });
  rmSync(options.disk.path('/var/log/boot-test/records'), { force: true });
  const lower = lowerLayers(root, options.agent ?? 'recorded').join(':');
  const kernel = options.kernel ?? (options.zone === false ? 'linux' : 'lx');
  const box = kernel === 'lx' ? zonePrograms() : undefined;
  const child = spawn(
    join(import.meta.dirname, 'boot.sh'),
    [lower, folder, consoleFile, pidfile, ...firstProcess(root, options)],
    {
      env: {
        PATH: process.env.PATH,
        LIMIT: String(limit),
        METADATA: options.metadata,
        PLATFORM: options.platform,
        NIC: options.nic ?? 'plumbed',
        ZONE: options.zone === false ? '' : '1',
        BOX: box?.folder,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const ended = once(child, 'exit');
  const readConsole = () => (existsSync(consoleFile) ? readFileSync(consoleFile, 'utf8') : '');
  // A machine whose disk is busy may hold a mount for many seconds: only the guest's own limit is a fault.
  await until(() => existsSync(pidfile) || child.exitCode !== null, limit);
  if (!existsSync(pidfile)) {
    const why = child.exitCode === null ? `within ${limit} s` : `before boot.sh ended (${child.exitCode})`;
    throw new Error(`${root.name}: init did not begin ${why}\n${complaints}${readConsole()}`);
  }
  const [pid = '', started = '0'] = readFileSync(pidfile, 'utf8').trim().split(' ');

  const records = () => parseRecords(options.disk.path('/var/log/boot-test/records'));
  const find = (who: string, what?: string) =>
    records().find((record) => record.who === who && (what === undefined || record.what === what));
  const environment = ['/usr/bin/env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'];
  const [enter, inGuest] =
    box === undefined
      ? ['nsenter', ['--target', pid, '--all', '--root', '--wd', '--', ...environment]]
      : [box.init, ['enter', join(folder, 'box.sock'), pid, ...environment]];

  return {
    started: BigInt(started),
    pid: Number(pid),
    records,
    console: readConsole,
    async waitFor(who, what, seconds = 60) {
      await until(() => find(who, what) !== undefined || ending(child) !== undefined, seconds);
      const found = find(who, what);
      if (found !== undefined) return found;
      const told = records().map((record) => `${record.who} ${record.what}`);
      throw new Error(
        `${root.name}: no record of ${who} ${what ?? ''} within ${seconds} s\nrecords: ${told.join(', ')}\n${readConsole()}`,
      );
    },
    async run(program, ...args) {
      const { stdout } = await run(enter, [...inGuest, program, ...args], { timeout: 30_000 });
      return stdout;
    },
    async end(command) {
      // The guest may be gone before the command has answered.
      run(enter, [...inGuest, ...command], { timeout: 30_000 }).catch(() => undefined);
      await ended;
      return ending(child) ?? 'status -1';
    },
  };
}

function firstProcess({ program }: BootRoot, { platform }: BootOptions): string[] {
  const init = program.split(' ');
  return platform === undefined ? init : ['/native/usr/lib/brand/lx/lxinit', ...init];
}

function ending(child: ChildProcess): Ending | undefined {
  return child.exitCode === null ? undefined : (endings[child.exitCode] ?? `status ${child.exitCode}`);
}

/** Wait for a condition, with a bound in seconds; whoever waits looks again at what it wanted. */
export async function until(condition: () => boolean, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!condition() && performance.now() < deadline) await sleep(20);
}
