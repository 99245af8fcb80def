import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { checkConfiguration, lookAtConfiguration } from '../doctor/configuration.ts';
import { checkFileSystems } from '../doctor/file-systems.ts';
import { type Finding, wrong } from '../doctor/finding.ts';
import { checkLastBoot, checkLastRun, checkRunning } from '../doctor/last-boot.ts';
import { checkMetadata } from '../doctor/metadata.ts';
import { checkNetwork } from '../doctor/network.ts';
import { checkNetworkServices } from '../doctor/network-services.ts';
import { checkPending } from '../doctor/pending.ts';
import { checkRecords } from '../doctor/records.ts';
import { checkResolvConf, checkResolversAnswer } from '../doctor/resolvers.ts';
import { checkServices } from '../doctor/services.ts';
import { checkPlace, checkUnit } from '../doctor/unit.ts';
import { checkOtherWriters } from '../doctor/writers.ts';
import { checkZone } from '../doctor/zone.ts';
import { readBoots, readRuns } from '../report/read-report.ts';
import { reportPath } from '../report/report-file.ts';
import { run as runSteps } from '../steps/run.ts';
import { bootIdentity } from '../system/boot.ts';
import { detectDistribution } from '../system/distribution.ts';
import { detectInit } from '../system/init.ts';
import { openRoot } from '../system/open-root.ts';
import type { Root } from '../system/root.ts';
import { isAbsent, RootError } from '../system/root-error.ts';
import { readScriptsOfBoot } from '../system/scripts-of-boot.ts';
import { findState, readState } from '../system/state.ts';
import type { System } from '../system/system.ts';
import { readFailedUnits } from '../system/systemd-units.ts';
import { whatRuns } from '../system/what-runs.ts';
import { metadataSocket } from '../system/zone.ts';
import type { Invocation } from './arguments.ts';
import { renderFindings } from './doctor-text.ts';
import type { Io } from './io.ts';
import { styleFor } from './style.ts';

/** `lx-agent doctor`: finds what is wrong and says how to fix it. It changes nothing. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const root = openRoot(invocation.values.get('root') ?? '/');
  const findings = await examine(root, invocation.values.get('socket'));
  const exit = findings.some(({ status }) => status === 'wrong') ? 1 : 0;
  io.stdout.write(
    invocation.flags.has('json')
      ? `${JSON.stringify({ version: 1, exit, findings }, null, 2)}\n`
      : renderFindings(findings, styleFor(io.stdout, io.environment)),
  );
  return exit;
}

/** All checks, the basic ones first. A root other than the running system's has no kernel, boot or network to check. */
export async function examine(root: Root, socket: string | undefined): Promise<Finding[]> {
  const socketPath = socket ?? metadataSocket();
  const zone = root.live && socket === undefined ? [checkZone()] : [];
  // Outside a zone every other check would fail for that reason alone.
  if (zone.some(({ status }) => status === 'wrong')) return zone;
  const metadata = await checkMetadata(socketPath);
  const boot = root.live ? bootIdentity() : undefined;
  const { instance } = metadata;
  return [
    ...zone,
    ...metadata.findings,
    ...(await careful('config', () => checkConfiguration(root))),
    ...(await careful('files', () => checkFileSystems(root))),
    ...(await careful('unit', () => checkUnit({ root, init: detectInit(root) }))),
    ...(await careful('unit', () => checkPlace(root))),
    ...(await careful('records', () => checkRecords(root))),
    ...(await careful('last boot', () => lastBoot(root, boot))),
    ...(await careful('others', () => checkOtherWriters(root))),
    ...(root.live ? await careful('services', async () => checkServices(root, await readFailedUnits())) : []),
    ...(root.live && instance !== undefined
      ? await careful('network', () =>
          checkNetwork(instance, { interfaces: networkInterfaces(), routes: routeTable() }),
        )
      : []),
    ...(instance === undefined
      ? []
      : await careful('network', () => checkNetworkServices(instance, systemOf(root, boot)))),
    ...(instance === undefined ? [] : await careful('resolvers', () => checkResolvConf(root, instance))),
    ...(root.live ? await careful('resolvers', () => checkResolversAnswer(root)) : []),
    ...(instance === undefined ? [] : await careful('a run', () => pending(root, socketPath))),
  ];
}

/** A check that fails to run becomes a finding and does not stop the others. */
async function careful(
  subject: Finding['subject'],
  check: () => Finding[] | Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const denied = error instanceof RootError && error.code === 'EACCES';
    return [
      wrong(
        subject,
        `cannot be checked: ${reason}`,
        denied ? 'run lx-agent doctor as root' : 'fix this, then run lx-agent doctor again',
      ),
    ];
  }
}

/** An unreadable report is a finding of its own; the readable ones are still checked. */
function lastBoot(root: Root, boot: string | undefined): Finding[] {
  const faults: string[] = [];
  const [last] = readBoots(root, (fault) => faults.push(fault));
  const since = last?.early ?? last?.late;
  const runs = readRuns(root, (fault) => faults.push(fault)).filter(
    ({ started }) => since !== undefined && started > since.started,
  );
  const scripts = { ...findState(root).state.scripts, ...readScriptsOfBoot(root, boot) };
  const running = whatRuns(root, scripts, boot);
  const stages = (['early', 'late'] as const).filter(
    (stage) =>
      last?.[stage] !== undefined || !faults.some((fault) => fault.startsWith(`${reportPath(stage)} `)),
  );
  return [
    ...stages.map((stage) => checkRunning(stage, running) ?? checkLastBoot(stage, last?.[stage], boot, runs)),
    ...faults.map((fault) => wrong('last boot', fault, 'lx-agent run, or the next boot, writes a new one')),
    ...checkLastRun(runs),
  ];
}

function systemOf(root: Root, boot: string | undefined): System {
  return {
    root,
    configuration: lookAtConfiguration(root).configuration,
    distribution: detectDistribution(root),
    init: detectInit(root),
    state: readState(root, () => undefined),
    boot,
    named: new Set(),
  };
}

async function pending(root: Root, socketPath: string): Promise<Finding[]> {
  return checkPending(
    await runSteps({
      stages: ['early', 'late'],
      named: [],
      rootDirectory: root.path,
      socketPath,
      dryRun: true,
      force: false,
    }),
    root.live,
  );
}

function routeTable(): string | undefined {
  try {
    return readFileSync('/proc/net/route', 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}
