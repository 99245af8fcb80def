import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { plant } from '../support/temporary-root.ts';
import { layersFolder } from './installed.ts';

// The lines that docs/platform.md offers to the platform's scripts, as they stand there.
const lines = readFileSync(join(import.meta.dirname, '../../docs/platform.md'), 'utf8')
  .replace(/^## What each script may skip[\s\S]*/m, '')
  .replace(/^[\s\S]*^## For a script to ask/m, '')
  .split('\n')
  .filter((line) => line.startsWith('    '));
const actions = lines.flatMap((line) => /\|\| (\w+_\w+)$/.exec(line)?.[1] ?? []);
const byAgent = actions.filter((action) => /_(names|resolvers|interfaces)$/.test(action));

/** An image that these commands were run on. */
function image(...commands: readonly string[]): string {
  mkdirSync(layersFolder, { recursive: true });
  const root = mkdtempSync(join(layersFolder, 'platform-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  plant(root, debianSystemd);
  for (const command of commands)
    execFileSync(agentBinary, ['image', command, '--root', root], { stdio: 'pipe' });
  return root;
}

/** What the lines do in place of what they would skip; any word on stderr fails. */
function doneBy(shell: readonly string[], root: string): string[] {
  const stubs = actions.map((action) => `${action}() { echo ${action}; }`);
  const [program = '', ...argv] = shell;
  const script = [...stubs, ...lines].join('\n');
  const said = execFileSync('sh', ['-c', 'exec "$@" 2>&1', 'sh', program, ...argv, '-uc', `${script}\n:`], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ZONEROOT: root },
  });
  return said.split('\n').filter((line) => line !== '');
}

test('there is a line for each thing that each script does', () => {
  expect(actions).toHaveLength(24);
  expect(byAgent).toHaveLength(10);
});

describe.each([
  ['dash', ['dash']],
  ["BusyBox's sh", ['busybox', 'sh']],
  ['ksh93, which the scripts are written for', ['ksh93']],
])('with %s', (_name, shell) => {
  test('everything is done to an image without a manifest, or with one that tells of the agent alone', () => {
    expect(doneBy(shell, image())).toEqual(actions);
    expect(doneBy(shell, image('install'))).toEqual(actions);
  });

  test('nothing is done to an image that is prepared and has the agent', () => {
    expect(doneBy(shell, image('install', 'prepare'))).toEqual([]);
  });

  test('the network files are written where there is no agent to do it', () => {
    expect(doneBy(shell, image('prepare'))).toEqual(byAgent);
    expect(doneBy(shell, image('install', 'prepare', 'uninstall'))).toEqual(byAgent);
  });

  test('a manifest that is a link counts for none', () => {
    const root = image('install', 'prepare');
    const manifest = join(root, 'usr/lib/lx-agent/manifest');
    renameSync(manifest, `${manifest}.other`);
    symlinkSync('manifest.other', manifest);
    expect(doneBy(shell, root)).toEqual(actions);
  });
});
