import type { Change } from '../change/change.ts';
import type { Instance } from '../metadata/instance.ts';
import type { Key } from '../metadata/keys.ts';
import type { ScriptSource } from '../metadata/scripts.ts';
import type { System } from '../system/system.ts';
import { ranInThisBoot } from './once-a-boot.ts';
import { asMeant } from './pasted-script.ts';
import { scriptBody } from './script-source.ts';
import type { Plan } from './step.ts';

/** A script of the metadata: what it is called, where it is kept, where its output goes. */
export interface Script {
  /** The name of its step, and of its record. */
  readonly name: string;
  readonly path: string;
  readonly log: string;
  readonly keys: readonly Key[];
  /** Seconds. */
  readonly deadline: number;
}

/**
 * Keep a script in its file and run it once in each boot. Only a script from the metadata runs: a file that came with
 * the image is removed. Throws if the script must be fetched and cannot be.
 */
export async function planScript(
  script: Script,
  source: ScriptSource | undefined,
  instance: Instance,
  system: System,
): Promise<Plan> {
  const refused = instance.invalid.find(({ key }) => script.keys.some((own) => own === key));
  if (refused !== undefined) return { skip: `${refused.key} could not be used: ${refused.reason}` };
  if (source === undefined)
    return [
      { kind: 'absent', path: script.path, claim: 'always', why: `the metadata has no ${script.name}` },
    ];
  const ran = ranInThisBoot(script.name, script.name, instance, system);
  // A script that was fetched in this boot has run; do not fetch it again.
  if (ran && source.from === 'url') return [];
  const body = asMeant(await scriptBody(source, script.path, system.root));
  const files: readonly Change[] = [
    { kind: 'directory', path: '/var/svc', mode: 0o755, why: 'scripts are kept there' },
    {
      kind: 'file',
      path: script.path,
      content: body,
      mode: 0o700,
      claim: 'always',
      secret: true,
      why: ran
        ? `the metadata holds another ${script.name}; one ran in this boot, so this one runs in the next, or by lx-agent run ${script.name}`
        : `the metadata holds the ${script.name}`,
    },
  ];
  if (ran) return files;
  return [
    ...files,
    {
      kind: 'command',
      argv: commandLine(body, script.path, system.root),
      deadline: script.deadline,
      output: script.log,
      environment: { USER: 'root', LOGNAME: 'root', SHELL: shell(system.root) },
      script: script.name,
      why: `the ${script.name} runs once in each boot`,
    },
  ];
}

/** How to start a script: directly if the kernel recognizes it, through a shell otherwise. */
export function commandLine(body: Buffer, path: string, root: System['root']): [string, ...string[]] {
  const magic = body.toString('latin1', 0, 4);
  return magic.startsWith('#!') || magic === '\x7fELF' ? [path] : [shell(root), path];
}

function shell(root: System['root']): string {
  return root.isExecutable('/bin/bash') ? '/bin/bash' : '/bin/sh';
}
