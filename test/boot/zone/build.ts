import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder } from '../installed.ts';
import { type Answer, mounts, netlink, proc, routeCall, unameVersion } from './answers.ts';
import { seccompProgram } from './filter.ts';

/** The programs of the zone box, built. */
export interface ZonePrograms {
  /** Where they all lie, with the files that boot.sh puts in place of Linux's. */
  readonly folder: string;
  readonly supervisor: string;
  readonly init: string;
  /** Asks for a system call and tells the answer. */
  readonly ask: string;
}

let built: ZonePrograms | undefined;

/** Build the programs of the zone box, once a process; throws with what the compiler said. */
export function zonePrograms(): ZonePrograms {
  if (built !== undefined) return built;
  const folder = join(runFolder, `zone-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'filter.h'), filterHeader());
  writeFileSync(join(folder, 'table.h'), tableHeader());
  const compile = (name: string, ...parts: string[]) => compiled(folder, name, ...parts);
  // What the platform mounts at /native.
  mkdirSync(join(folder, 'native/usr/sbin'), { recursive: true });
  renameSync(compile('route'), join(folder, 'native/usr/sbin/route'));
  writeFileSync(join(folder, 'hierarchies'), `${mounts.hierarchies.join('\n')}\n`);
  writeFileSync(join(folder, 'version'), unameVersion.text);
  writeFileSync(join(folder, 'proc-sys'), `${proc.sys.join('\n')}\n`);
  writeFileSync(join(folder, 'proc-cgroups'), proc.cgroups);
  writeFileSync(
    join(folder, 'proc-filesystems'),
    proc.filesystems.map((type) => `nodev\t${type}\n`).join(''),
  );
  const supervisor = compile(
    ...([
      'supervisor',
      'caller',
      'mount-call',
      'sys-mount',
      'uname-call',
      'send-call',
      'route-call',
    ] as const),
  );
  built = { folder, supervisor, init: compile('zone-init'), ask: compile('ask') };
  return built;
}

/** A zone-init for a kernel that is poorer than the table: these answers are tried first. */
export function poorerZoneInit(before: readonly Answer[]): string {
  const folder = mkdtempSync(join(zonePrograms().folder, 'poorer-'));
  writeFileSync(join(folder, 'filter.h'), filterHeader(before));
  return compiled(folder, 'zone-init');
}

/** A program, linked statically, with the headers of a folder, and there. */
function compiled(folder: string, name: string, ...parts: readonly string[]): string {
  const program = join(folder, name);
  const sources = [name, ...parts].map((part) => join(import.meta.dirname, `${part}.c`));
  const argv = ['-static', '-O2', '-Wall', '-Werror', '-I', folder, '-o', program, ...sources];
  execFileSync('gcc', argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  return program;
}

/** The filter in C. */
function filterHeader(before?: readonly Answer[]): string {
  const filter = seccompProgram(before).map(({ code, jt, jf, k }) => `  {${code}, ${jt}, ${jf}, ${k}u},`);
  return ['static const struct sock_filter zone_filter[] = {', ...filter, '};', ''].join('\n');
}

/** What the supervisor and the native programs have to know of the table, in C. */
function tableHeader(): string {
  const list = (values: readonly string[]) => `{${values.map((value) => `"${value}", `).join('')}0}`;
  const types = Object.entries(mounts.types).map(([name, options]) =>
    options === undefined ? `  {"${name}", 0},` : `  {"${name}", (const char *const[])${list(options)}},`,
  );
  return [
    `#define ZONE_MOUNT_FLAGS ${mounts.flags}UL`,
    `#define ZONE_ROUTE_CALL ${routeCall}`,
    `#define ZONE_ROUTE_REQUESTS {${netlink.requests.join(', ')}}`,
    `#define ZONE_UNAME_VERSION "${unameVersion.text}"`,
    `__attribute__((unused)) static const char *const zone_common_options[] = ${list(mounts.commonOptions)};`,
    `__attribute__((unused)) static const char *const zone_hierarchies[] = ${list(mounts.hierarchies)};`,
    'struct zone_type { const char *name; const char *const *options; };',
    '__attribute__((unused)) static const struct zone_type zone_types[] = {',
    ...types,
    '  {0, 0},',
    '};',
    '',
  ].join('\n');
}
