import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder } from '../installed.ts';
import { mounts, proc, unameVersion } from './answers.ts';
import { seccompProgram } from './filter.ts';

/** The programs of the zone box, built. */
export interface ZonePrograms {
  /** Where they lie, with the files of /proc that the box has in place of Linux's. */
  readonly folder: string;
  readonly init: string;
  readonly supervisor: string;
  /** Asks for a system call and tells the answer. */
  readonly ask: string;
}

let built: ZonePrograms | undefined;

/** Build the programs of the zone box, once a process; throws with what the compiler said. */
export function zonePrograms(): ZonePrograms {
  if (built !== undefined) return built;
  const folder = join(runFolder, `zone-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'table.h'), header());
  const compile = (name: string) => {
    const program = join(folder, name);
    const source = join(import.meta.dirname, `${name}.c`);
    const argv = ['-static', '-O2', '-Wall', '-Werror', '-I', folder, '-o', program, source];
    execFileSync('gcc', argv, { stdio: ['ignore', 'pipe', 'pipe'] });
    return program;
  };
  writeFileSync(join(folder, 'proc-sys'), `${proc.sys.join('\n')}\n`);
  writeFileSync(join(folder, 'proc-cgroups'), proc.cgroups);
  writeFileSync(
    join(folder, 'proc-filesystems'),
    proc.filesystems.map((type) => `nodev\t${type}\n`).join(''),
  );
  built = { folder, init: compile('zone-init'), supervisor: compile('supervisor'), ask: compile('ask') };
  return built;
}

/** The table in C. */
function header(): string {
  const filter = seccompProgram().map(({ code, jt, jf, k }) => `  {${code}, ${jt}, ${jf}, ${k}u},`);
  const list = (values: readonly string[]) => `{${values.map((value) => `"${value}", `).join('')}0}`;
  const types = Object.entries(mounts.types).map(([name, options]) =>
    options === undefined ? `  {"${name}", 0},` : `  {"${name}", (const char *const[])${list(options)}},`,
  );
  return [
    '__attribute__((unused)) static const struct sock_filter zone_filter[] = {',
    ...filter,
    '};',
    `#define ZONE_MOUNT_FLAGS ${mounts.flags}UL`,
    `#define ZONE_UNAME_VERSION "${unameVersion.text}"`,
    `__attribute__((unused)) static const char *const zone_common_options[] = ${list(mounts.commonOptions)};`,
    'struct zone_type { const char *name; const char *const *options; };',
    '__attribute__((unused)) static const struct zone_type zone_types[] = {',
    ...types,
    '  {0, 0},',
    '};',
    '',
  ].join('\n');
}
