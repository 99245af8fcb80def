import type { InitSystem } from '../../agent/system/init.ts';
import type { Guest } from './guest.ts';

/** What a booted system itself has on record about its services. */
export interface Services {
  /** Those that it started, and did not start of its own accord to end them again. */
  readonly started: readonly string[];
  /** Those that failed, in the init system's own words. */
  readonly failed: readonly string[];
  /** What somebody waited for or still waits for: jobs, time-outs, services that only wait. */
  readonly waits: readonly string[];
}

/** Read the records of a system that has come up. */
export async function services(guest: Guest, init: InitSystem): Promise<Services> {
  const lines = async (command: string) =>
    (await guest.run('sh', '-c', command)).split('\n').filter((line) => line.trim() !== '');
  switch (init) {
    case 'systemd':
      return await ofSystemd(lines);
    case 'openrc':
      await lines(runlevelEntered);
      return {
        started: (await lines('ls /run/openrc/started')).sort(),
        failed: await lines('ls /run/openrc/failed; rc-status --crashed --nocolor || true'),
        waits: await lines('ls /run/openrc/starting /run/openrc/inactive | grep -v ":$" || true'),
      };
    case 'runit':
      return {
        started: [...(await startLinks(lines, 'S')), ...(await up(lines))].sort(),
        failed: [...(await lines(downAgainstWill)), ...told(guest)],
        waits: [],
      };
    default:
      return {
        started: [...(await startLinks(lines, 'S')), ...(await startLinks(lines, '2'))].sort(),
        failed: told(guest),
        waits: [],
      };
  }
}

/** OpenRC has this folder while it starts the services of a runlevel; 30 seconds at most. */
const runlevelEntered = `for try in $(seq 300); do
  [ -e /run/openrc/rc.starting ] || break
  sleep 0.1
done`;

/** After five seconds at most: runsv starts its services one after the other. */
const downAgainstWill = `for second in $(seq 5); do
  down=$(sv status /etc/service/* | grep 'normally up') || break
  sleep 1
done
printf '%s' "$down"`;

type Lines = (command: string) => Promise<string[]>;

async function ofSystemd(lines: Lines): Promise<Services> {
  await lines('systemctl is-system-running --wait || true');
  const shown = (
    await lines("systemctl show --property=Id --property=ExecMainStartTimestampMonotonic '*.service'")
  )
    .join('\n')
    .matchAll(/^ExecMainStartTimestampMonotonic=([1-9]\d*)\nId=(.*)$/gm);
  const started = [...shown].map(([, , id = '']) => id).sort();
  return {
    started,
    failed: [
      ...(await lines('systemctl list-units --all --failed --no-legend --plain')),
      ...(await lines('systemctl is-system-running || true')).filter((state) => state !== 'running'),
    ],
    waits: [
      ...(await lines('systemctl list-jobs --no-legend')),
      ...(await lines("journalctl --boot --output cat | grep -iE 'timed out|start job is running' || true")),
      ...started.filter((id) => /wait|settle/.test(id)),
    ],
  };
}

/** What rc runs in a run-level: the scripts that have a start link. */
async function startLinks(lines: Lines, level: string): Promise<string[]> {
  return (await lines(`ls /etc/rc${level}.d`)).flatMap((name) => /^S\d\d(.+)$/.exec(name)?.[1] ?? []);
}

/** The services that runsv holds up. */
async function up(lines: Lines): Promise<string[]> {
  return (await lines('sv status /etc/service/*')).flatMap(
    (line) => /^run: \/etc\/service\/([^:]+):/.exec(line)?.[1] ?? [],
  );
}

/** What startpar and the scripts said of failures, on the console: the exit status of a script is nowhere else. */
function told(guest: Guest): string[] {
  return guest
    .console()
    .split('\n')
    .filter((line) => /failed!|returned failure/.test(line));
}
