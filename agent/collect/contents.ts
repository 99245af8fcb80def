import { hostname, version as kernelVersion, networkInterfaces, release, uptime } from 'node:os';
import { logPath } from '../report/log.ts';
import { readBoots, readRuns } from '../report/read-report.ts';
import { detectDistribution } from '../system/distribution.ts';
import { detectInit } from '../system/init.ts';
import { runProgram } from '../system/process.ts';
import type { Root } from '../system/root.ts';
import { readState, stateFolder } from '../system/state.ts';

/** A file of the archive, before secrets are taken out. */
export interface Part {
  readonly name: string;
  readonly text: string;
}

/** What was collected, and what could not be, each with its reason. */
export interface Contents {
  readonly parts: readonly Part[];
  readonly faults: readonly string[];
}

/** The end of a file is what tells, in bytes. */
const largest = 1024 * 1024;
/** Above this a file is not read at all, in bytes. */
const readLimit = 64 * 1024 * 1024;

/** Looked at wherever they are, whoever wrote them. Folders stand for the files in them. */
const always = [
  '/etc/lx-agent.ini',
  '/etc/os-release',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/resolv.conf',
  '/etc/nsswitch.conf',
  '/etc/network/interfaces',
  '/etc/network/interfaces.d',
  '/etc/netplan',
  '/etc/systemd/network',
  '/etc/sysconfig/network-scripts',
  '/etc/NetworkManager/conf.d',
  stateFolder,
] as const;
const ofTheKernel = [
  '/proc/mounts',
  '/proc/net/route',
  '/proc/net/ipv6_route',
  '/proc/net/dev',
  '/proc/cmdline',
];
const scriptLogs = [
  '/var/log/mdata-user-script.log',
  '/var/log/mdata-operator-script.log',
  '/var/log/lx-agent-hooks.log',
];

/** Never read: they hold secrets and tell nothing of a fault. */
function isSecret(path: string): boolean {
  return /^\/var\/(svc|db)\/|\/\.ssh\/|ssh_host_|\/backup(\/|$)|shadow|system-connections/.test(path);
}

/** Gather the files of a root, and of the running machine where it is that. */
export async function gather(root: Root, options: { readonly scriptLogs: boolean }): Promise<Contents> {
  const parts: Part[] = [];
  const faults: string[] = [];
  const add = async (name: string, make: () => string | undefined | Promise<string | undefined>) => {
    try {
      const text = await make();
      if (text !== undefined) parts.push({ name, text });
    } catch (error) {
      faults.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  };
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

  await add('machine.json', () =>
    json({
      distribution: detectDistribution(root),
      init: detectInit(root),
      ...(root.live
        ? {
            hostname: hostname(),
            kernel: `${release()} ${kernelVersion()}`,
            uptime: uptime(),
            interfaces: networkInterfaces(),
          }
        : {}),
    }),
  );
  await add('boots.json', () => {
    const warn = (fault: string) => faults.push(fault);
    return json({ boots: readBoots(root, warn), runs: readRuns(root, warn) });
  });
  await add('scripts.json', () => json(readState(root, (fault) => faults.push(fault)).scripts));

  for (const path of filesOf(root, options.scriptLogs, (fault) => faults.push(fault)))
    await add(`files${path}`, () => endOf(root, path));
  if (root.live) {
    for (const path of ofTheKernel) await add(`files${path}`, () => root.readText(path));
    if (detectInit(root) === 'systemd')
      for (const [name, ...args] of systemd)
        await add(
          `${name}.txt`,
          async () => (await runProgram({ argv: ['systemctl', '--no-pager', ...args], deadline: 10 })).tail,
        );
  }
  return { parts, faults };
}

const systemd = [
  ['units-failed', 'list-units', '--failed'],
  ['units-agent', 'status', 'lx-agent-early.service', 'lx-agent-late.service'],
] as const;

/** What is always looked at, and what the agent wrote. */
function filesOf(root: Root, withScriptLogs: boolean, warn: (fault: string) => void): string[] {
  const written = (() => {
    try {
      return Object.keys(readState(root, warn).files);
    } catch (error) {
      warn(error instanceof Error ? error.message : String(error));
      return [];
    }
  })();
  const logs = [logPath, ...(withScriptLogs ? scriptLogs : [])].flatMap((path) => [`${path}.1`, path]);
  const listed = always.flatMap((path) =>
    root.entry(path)?.kind === 'directory' ? root.list(path).map((name) => `${path}/${name}`) : [path],
  );
  const isFile = (path: string) => ['file', 'link'].includes(root.entry(path)?.kind ?? '');
  return [...new Set([...listed, ...written, ...logs])]
    .filter((path) => !isSecret(path) && isFile(path))
    .sort();
}

function endOf(root: Root, path: string): string | undefined {
  const text = root.readText(path, readLimit);
  if (text === undefined || text.length <= largest) return text;
  return `[the first ${text.length - largest} characters are left out]\n${text.slice(-largest)}`;
}
