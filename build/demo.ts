import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { repository } from './bundle.ts';
import { withScratchZone } from './scratch-zone.ts';

/**
 * The main job, on one page: a Debian-like root in a temporary folder, a metadata server with a realistic instance,
 * and the built program. Needs no privileges and changes nothing outside that folder.
 */
async function demo(): Promise<void> {
  const binary = `${repository}/dist/lx-agent`;
  if (!existsSync(binary))
    execFileSync(process.execPath, [`${repository}/build/binary.ts`], { stdio: 'inherit' });
  await withScratchZone('demo', async ({ root, target }) => {
    say('What would it do? (secrets are masked; nothing is changed)');
    await lxAgent(binary, ['run', '--stage', 'early', '--dry-run', ...target]);
    say('Do it');
    await lxAgent(binary, ['run', ...target]);
    say('Again: no file changes, and nothing runs but what needs the live machine');
    await lxAgent(binary, ['run', ...target]);
    say('What an operator sees later');
    await lxAgent(binary, ['status', '--root', root]);
  });
}

function say(title: string): void {
  console.log(`\n=== ${title}`);
}

/** Run the program with the metadata server of this process at work beside it. */
async function lxAgent(binary: string, args: readonly string[]): Promise<void> {
  console.log(`$ lx-agent ${args.map((arg) => arg.replace(tmpdir(), '$TMP')).join(' ')}`);
  const child = spawn(binary, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const status = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('exit', resolve),
  );
  if (status !== 0) throw new Error(`lx-agent ${args[0]} ended with ${status}`);
}

await demo();
