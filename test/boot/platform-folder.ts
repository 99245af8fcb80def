import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, linkSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentBinary } from '../support/built.ts';
import { runFolder } from './installed.ts';

const repository = join(import.meta.dirname, '../..');

/** The lines of C that docs/platform.md offers to the platform's hook, as they stand there. */
function hookLines(): string {
  const [, section = ''] = readFileSync(join(repository, 'docs/platform.md'), 'utf8').split(
    '## Carried by the platform',
  );
  const lines = section.split('\n').filter((line) => line.startsWith('    ') || line === '');
  return lines.map((line) => line.slice(4)).join('\n');
}

/**
 * What a platform that carries the agent has below its /usr: the program with its runtime, lxinit's hook, compiled from
 * the documentation, and a stand-in for lxinit itself. The hook fails, and so ends the zone, if `hookFails`.
 */
export function platformFolder({ hookFails = false } = {}): string {
  mkdirSync(runFolder, { recursive: true });
  const folder = mkdtempSync(join(runFolder, 'platform-'));
  const [agent, brand] = [join(folder, 'lib/lx-agent'), join(folder, 'lib/brand/lx')];
  for (const made of [agent, brand, join(folder, 'sbin')]) mkdirSync(made, { recursive: true });
  cpSync(join(repository, 'dist/assets/runtime'), join(agent, 'runtime'), { recursive: true });
  for (const name of ['ld-linux-x86-64.so.2']) execFileSync('chmod', ['755', join(agent, 'runtime', name)]);
  try {
    linkSync(agentBinary, join(agent, 'lx-agent'));
  } catch {
    // Another file system: a copy does as well.
    copyFileSync(agentBinary, join(agent, 'lx-agent'));
  }
  const source = join(folder, 'hook.c');
  writeFileSync(source, `${hookLines()}\nint main(void) { run_lx_agent(); return ${hookFails ? 1 : 0}; }\n`);
  compile(source, join(brand, 'lx_hook_postnet'));
  compile(join(import.meta.dirname, 'lxinit/lxinit.c'), join(brand, 'lxinit'));
  return folder;
}

/** Linked statically, to run in any root, and with every warning an error. */
function compile(source: string, program: string): void {
  const argv = ['-static', '-O1', '-Wall', '-Wextra', '-Werror', '-o', program, source];
  execFileSync('gcc', argv, { stdio: ['ignore', 'ignore', 'inherit'] });
}
