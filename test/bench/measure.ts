import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** What one run of a command took, with the children that it waited for. */
export interface Cost {
  /** Milliseconds. */
  readonly wall: number;
  /** Milliseconds of user and system time. */
  readonly cpu: number;
  /** Peak resident memory of its largest process, MiB. */
  readonly memory: number;
  /** Read from disk, MiB. */
  readonly read: number;
}

/** What a run asks of the system. */
export interface Calls {
  /** Programs started, itself included. */
  readonly programs: number;
  readonly connections: number;
  /** Writes to sockets. */
  readonly writes: number;
}

/** The Debian packages that the measurements need and that are not there. */
export function missingTools(): string[] {
  const tools = { bash: 'bash', time: 'time', strace: 'strace', dd: 'coreutils' };
  return Object.entries(tools)
    .filter(([name]) => spawnSync('sh', ['-c', `command -v /usr/bin/${name} /bin/${name}`]).status === 127)
    .map(([, debianPackage]) => debianPackage);
}

const environment = { PATH: process.env.PATH, LANG: 'C' };

/**
 * Run a command once, not blocking this process, which may be its metadata server. Bash times it to the millisecond;
 * GNU time, in between, knows memory and blocks. Throws when it ends with another status than 0.
 */
export async function measure(argv: readonly string[], scratch: string): Promise<Cost> {
  const script = `TIMEFORMAT='%3R %3U %3S'; time command time -q -f '%M %I' -o "$0/cost" -- "$@" >"$0/said" 2>&1 </dev/null`;
  const { status, stderr } = await ended('bash', ['-c', script, scratch, ...argv]);
  if (status !== 0) {
    const said = readFileSync(`${scratch}/said`, 'utf8').slice(-1000);
    throw new Error(`${argv.join(' ')}: exit status ${status}: ${said}${stderr}`);
  }
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = stderr.trim().split(' ').map(Number);
  const [kibibytes = Number.NaN, blocks = Number.NaN] = readFileSync(`${scratch}/cost`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  return {
    wall: wall * 1000,
    cpu: (user + system) * 1000,
    memory: kibibytes / 1024,
    read: (blocks * 512) / 2 ** 20,
  };
}

function ended(program: string, args: readonly string[]): Promise<{ status: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: environment });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.once('error', reject).once('close', (status) => resolve({ status, stderr }));
  });
}

/** Count what a command does, in a run of its own under strace. */
export async function count(argv: readonly string[], scratch: string): Promise<Calls> {
  const log = `${scratch}/strace`;
  const traced = 'trace=execve,connect,write,writev,sendto,sendmsg';
  await promisify(execFile)('strace', ['-f', '-qq', '-y', '-e', traced, '-o', log, ...argv], {
    env: environment,
    maxBuffer: 2 ** 26,
  });
  const lines = readFileSync(log, 'utf8').split('\n');
  const counted = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length;
  return {
    programs: counted(/ execve\(.*= 0$/),
    connections: counted(/ connect\(.*metadata\.sock.*= (0|-1 EINPROGRESS.*)$/),
    writes: counted(/ (write|writev|sendto|sendmsg)\((?![12]<)\d+<(UNIX|socket)/),
  };
}

/** Drop a file from the page cache; one's own files need no privileges for that. */
export function forget(path: string): void {
  execFileSync('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], {
    stdio: 'ignore',
  });
}

/** The middle one of some values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
}

/** The value below which so many per cent of all lie (nearest rank). */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
