import type { Root } from '../../system/root.ts';
import type { Source } from '../install.ts';
import { type Manifest, readManifest } from '../manifest.ts';
import { readRecord } from '../record.ts';
import type { Image } from '../rule.ts';
import { commandPath, programPath } from '../running-program.ts';
import { installedContent } from './expected-content.ts';
import type { AgentFinding } from './finding.ts';
import { missingHostKeys } from './host-keys.ts';
import { unnamedFinding } from './manifest.ts';
import { placeFindings, programFindings } from './program.ts';
import { unitFindings } from './units.ts';

/** What is wrong with the agent in an image. Only reads the image's files and runs nothing. */
export function agentFindings(
  image: Image & { readonly root: Root },
  source: Source,
): readonly AgentFinding[] {
  const { root } = image;
  return careful('agent-program', () => {
    const manifest = readManifest(root);
    if (!isInstalled(root, manifest)) return [missingAgent(root)];
    const isAsInstalled = installedContent(root, source.version);
    const { agent, place } = manifest;
    return [
      ...careful('agent-program', () =>
        place === undefined ? programFindings(root, source, isAsInstalled) : placeFindings(root, place),
      ),
      ...careful('agent-units', () => unitFindings(image, isAsInstalled)),
      ...(agent === undefined ? [unnamedFinding()] : []),
    ];
  });
}

/**
 * Whether the agent that a manifest names can be started at all. The check is cheap: `image prepare` uses it so that
 * the manifest names no agent that cannot start.
 */
export function canStart(root: Root): boolean {
  const { place } = readManifest(root);
  const program = root.entry(programPath);
  const isProgram = program?.kind === 'file' && program.size > 0 && root.isExecutable(programPath);
  return root.isExecutable(commandPath) && (place !== undefined || isProgram);
}

/** A manifest, a record or a program alone means a broken installation, not a missing one. */
function isInstalled(root: Root, { agent }: Manifest): boolean {
  return agent !== undefined || root.entry(programPath) !== undefined || readRecord(root) !== undefined;
}

function missingAgent(root: Root): AgentFinding {
  const keys = missingHostKeys(root);
  return {
    check: 'no-agent',
    what: [
      `there is no agent in ${root.path}`,
      ...(keys.length === 0
        ? []
        : [`host keys of sshd are missing, and nothing makes them: ${keys.join(', ')}`]),
    ],
    mend: 'install',
    byHand:
      'an image for a platform that carries the agent (lx-agent boot) needs none: check it with --skip agent',
  };
}

/** An error that prevents a check is itself a finding. */
function careful(check: AgentFinding['check'], look: () => readonly AgentFinding[]): readonly AgentFinding[] {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ check, what: [error.message], byHand: 'fix this, then check again' }];
  }
}
