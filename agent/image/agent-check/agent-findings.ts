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

/** What is wrong with the agent in an image, by the image's own files; nothing is run. */
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
 * Whether the agent that a manifest names can be started at all: the cheap look, by which `image prepare` says no more
 * in the manifest than is true.
 */
export function canStart(root: Root): boolean {
  const { place } = readManifest(root);
  const program = root.entry(programPath);
  const isProgram = program?.kind === 'file' && program.size > 0 && root.isExecutable(programPath);
  return root.isExecutable(commandPath) && (place !== undefined || isProgram);
}

/** A manifest, a record or a program alone is a broken installation, and no missing one. */
function isInstalled(root: Root, { agent }: Manifest): boolean {
  return agent !== undefined || root.entry(programPath) !== undefined || readRecord(root) !== undefined;
}

function missingAgent(root: Root): AgentFinding {
  const keys = missingHostKeys(root);
  return {
    check: 'no-agent',
    what: [
      `there is no agent in ${root.path}`,
      ...(keys.length === 0 ? [] : [`sshd lacks host keys, and nothing would make them: ${keys.join(', ')}`]),
    ],
    mend: 'install',
    byHand:
      'an image for a platform that carries the agent (lx-agent boot) needs none: check it with --skip agent',
  };
}

/** What cannot be looked at is a finding by itself. */
function careful(check: AgentFinding['check'], look: () => readonly AgentFinding[]): readonly AgentFinding[] {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [{ check, what: [error.message], byHand: 'put right what is in the way, then check again' }];
  }
}
