import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { debianTree } from '../test/support/debian-tree.ts';
import { startMetadataServer } from '../test/support/metadata-server.ts';
import { repository } from './bundle.ts';

/**
 * The main job, on one page: a Debian-like root in a temporary folder, a metadata server with a realistic instance,
 * and the built program. Needs no privileges and changes nothing outside that folder.
 */
async function demo(): Promise<void> {
  const binary = `${repository}/dist/lx-agent`;
  if (!existsSync(binary))
    execFileSync(process.execPath, [`${repository}/build/binary.ts`], { stdio: 'inherit' });
  const folder = mkdtempSync(join(tmpdir(), 'lx-agent-demo-'));
  const root = join(folder, 'root');
  const socketPath = join(folder, 'metadata.sock');
  for (const [path, content] of Object.entries(debianTree)) {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, content);
  }
  const metadata = JSON.parse(readFileSync(`${repository}/test/support/instances/web.json`, 'utf8'));
  const server = await startMetadataServer({ socketPath, metadata });
  try {
    const target = ['--root', root, '--socket', socketPath];
    say('What would it do? (secrets are masked; nothing is changed)');
    await lxAgent(binary, ['run', '--stage', 'early', '--dry-run', ...target]);
    say('Do it');
    await lxAgent(binary, ['run', ...target]);
    say('Again: nothing is left to do');
    await lxAgent(binary, ['run', ...target]);
    say('What an operator sees later');
    await lxAgent(binary, ['status', '--root', root]);
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
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
