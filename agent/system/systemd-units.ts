import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './process.ts';

/** When a systemd unit began to start and when it was up, in milliseconds since systemd started. */
export interface UnitTimes {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** The units that it had to wait for, as far as they were there. */
  readonly after: readonly string[];
}

const properties = [
  'Id',
  'InactiveExitTimestampMonotonic',
  'ActiveEnterTimestampMonotonic',
  'After',
] as const;

/**
 * How the units of the running systemd came up; none where systemd is not PID 1 (sd_booted(3): it made
 * /run/systemd/system). Throws when systemctl cannot be run or gives no sense.
 */
export async function readUnitTimes(): Promise<UnitTimes[]> {
  if (!existsSync('/run/systemd/system')) return [];
  const manager = await systemctl('show', '--property=UserspaceTimestampMonotonic');
  const units = await systemctl('show', '*', ...properties.map((property) => `--property=${property}`));
  return parseUnitTimes(manager, units);
}

/** Decode `systemctl show`: a block of KEY=VALUE lines a unit, blocks parted by empty lines, times in microseconds. */
export function parseUnitTimes(manager: string, units: string): UnitTimes[] {
  const booted = Number(/^UserspaceTimestampMonotonic=(\d+)$/m.exec(manager)?.[1] ?? 0);
  const field = (block: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(block)?.[1];
  return units.split(/\n{2,}/).flatMap((block) => {
    const name = field(block, 'Id');
    const start = Number(field(block, properties[1]) ?? 0);
    const end = Number(field(block, properties[2]) ?? 0);
    // Zero is never; a unit that never was up, or went down and is starting again, tells nothing of the boot.
    if (name === undefined || start === 0 || end < start) return [];
    const after = (field(block, properties[3]) ?? '').split(' ').filter(Boolean);
    return [{ name, start: (start - booted) / 1000, end: (end - booted) / 1000, after }];
  });
}

/** A unit that failed, or that fails again and again. */
export interface FailedUnit {
  readonly name: string;
  /** The exit statuses of its processes that did not end well; systemd's own are from 200 on (systemd.exec(5)). */
  readonly statuses: readonly number[];
}

const processes = ['ExecCondition', 'ExecStartPre', 'ExecStart', 'ExecStartPost', 'ExecMainStatus'];

/** The failed units of the running systemd, none where it is not PID 1. Throws when systemctl gives no sense. */
export async function readFailedUnits(): Promise<FailedUnit[]> {
  if (!existsSync('/run/systemd/system')) return [];
  const states = ['--state=failed', '--state=auto-restart'];
  const listed = await systemctl('list-units', '--all', '--plain', '--no-legend', ...states);
  const names = listed.split('\n').flatMap((line) => /^[^\s.]\S*\.[a-z]+(?=\s)/.exec(line.trim()) ?? []);
  if (names.length === 0) return [];
  const properties = ['Id', ...processes].map((property) => `--property=${property}`);
  return parseFailedUnits(await systemctl('show', ...properties, '--', ...names));
}

/** Decode `systemctl show` of failed units: a block of KEY=VALUE lines a unit. */
export function parseFailedUnits(units: string): FailedUnit[] {
  return units.split(/\n{2,}/).flatMap((block) => {
    const name = /^Id=(.+)$/m.exec(block)?.[1];
    if (name === undefined) return [];
    const found = [...block.matchAll(/^ExecMainStatus=(\d+)$|\bstatus=(\d+)/gm)];
    const statuses = found.map(([, main, other]) => Number(main ?? other)).filter((status) => status !== 0);
    return [{ name, statuses: [...new Set(statuses)] }];
  });
}

/** The whole output of systemctl, by way of a file, for the runner keeps only the last of what it reads itself. */
async function systemctl(...args: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lx-agent-'));
  try {
    const output = join(folder, 'output');
    const ended = await runProgram({ argv: ['systemctl', '--no-pager', ...args], deadline: 5, output });
    if (ended.status !== 0) throw new Error(`systemctl ${args[0]} failed: ${ended.tail.trim()}`);
    return readFileSync(output, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
