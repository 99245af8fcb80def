import type { Root } from '../../system/root.ts';
import { machineName, machineOfFile, x86_64 } from '../elf-header.ts';
import type { Source } from '../install.ts';
import { readManifest } from '../manifest.ts';
import { commandPath, programPath } from '../running-program.ts';
import { chooseRuntime, runtimeFiles, runtimeFolder } from '../runtime.ts';
import type { IsAsInstalled } from './expected-content.ts';
import type { AgentFinding } from './finding.ts';

/** Why the program in the image cannot be started. */
export function programFindings(
  root: Root,
  source: Source,
  isAsInstalled: IsAsInstalled,
): readonly AgentFinding[] {
  const program = programFault(root, source);
  const command = program === undefined ? commandFault(root) : undefined;
  const faults = [program, command].filter((fault) => fault !== undefined);
  if (faults.length > 0) return [{ check: 'agent-program', what: faults, mend: 'install' }];
  const runtime = runtimeFaults(root, source, isAsInstalled);
  return runtime.length === 0 ? [] : [{ check: 'agent-runtime', what: runtime, mend: 'install' }];
}

/** Check the command of an image whose program is the platform's. Only a zone can see the program itself. */
export function placeFindings(root: Root, place: string): readonly AgentFinding[] {
  const fault =
    commandFault(root) ??
    (root.live && root.entry('/native/usr') !== undefined && !root.isExecutable(`${place}/lx-agent`)
      ? `${place}/lx-agent is not there: this platform does not carry the agent`
      : undefined);
  return fault === undefined ? [] : [{ check: 'agent-program', what: [fault], mend: 'install' }];
}

function programFault(root: Root, source: Source): string | undefined {
  const entry = root.entry(programPath);
  if (entry === undefined) return `${programPath} is missing`;
  if (entry.kind !== 'file') return `${programPath} is not a regular file`;
  if (entry.size === 0) return `${programPath} is empty`;
  if ((entry.mode & 0o111) === 0)
    return `${programPath} is not executable (mode ${entry.mode.toString(8).padStart(4, '0')})`;
  const machine = machineOfFile(root.outside(programPath));
  if (machine === undefined) return `${programPath} is not a program (it has no ELF header)`;
  if (machine !== x86_64) return `${programPath} is a program for ${machineName(machine)}, not for x86_64`;
  const { agent, digest } = readManifest(root);
  const same =
    digest === undefined
      ? // An older version recorded no digest. Compare with this program if it is the installed version.
        agent !== source.version || root.isCopyOf(programPath, source.program)
      : digest === root.digest(programPath);
  return same ? undefined : `${programPath} is not the program that was installed: its content differs`;
}

function commandFault(root: Root): string | undefined {
  const entry = root.entry(commandPath);
  if (entry === undefined) return `${commandPath} is missing; init starts the program with it`;
  if (root.isExecutable(commandPath)) return undefined;
  return entry.kind === 'link'
    ? `${commandPath} points to ${root.linkTarget(commandPath)}, which is not an executable program`
    : `${commandPath} is not executable`;
}

/** Faults of the C library that the program needs: the one that was installed beside it, or the image's own. */
function runtimeFaults(root: Root, { carried }: Source, isAsInstalled: IsAsInstalled): readonly string[] {
  const isWrapper = root.entry(commandPath)?.kind === 'file';
  if (!isWrapper) {
    const { runtime, reason } = chooseRuntime(root, root.outside(programPath), 'auto');
    return runtime === 'private' ? [`${reason}, which the program needs`] : [];
  }
  if (root.readText(commandPath)?.includes(runtimeFolder) !== true) return [];
  return runtimeFiles.flatMap((name) => {
    const path = `${runtimeFolder}/${name}`;
    if (root.entry(path) === undefined) return [`${path} is missing`];
    if (!isAsInstalled(path, carried(`runtime/${name}`)))
      return [`${path} is not as it was installed: its content differs`];
    return name === runtimeFiles[0] && !root.isExecutable(path) ? [`${path} is not executable`] : [];
  });
}
