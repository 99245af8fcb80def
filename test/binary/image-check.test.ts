import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { families } from '../support/roots/families.ts';
import { plant, temporaryRoot } from '../support/temporary-root.ts';

const image = (verb: string, root: string, ...more: readonly string[]) =>
  spawnSync(agentBinary, ['image', verb, '--root', root, ...more], { encoding: 'utf8' });

/** The commands that check prints to mend everything, as a person would paste them. */
function pasted(text: string): string {
  return text.split('to fix all that these commands can fix:\n')[1]?.split('\n\n')[0] ?? '';
}

it.each(families)('%s: what check prints mends all that it found, in lines that fit', (_name, tree) => {
  const root = temporaryRoot(tree);
  const before = image('check', root, '--skip', 'cloud-init');
  expect(before.status).toBe(1);
  const said = execFileSync('sh', ['-e', '-c', pasted(before.stdout)], {
    encoding: 'utf8',
    env: { PATH: `${dirname(agentBinary)}:${process.env.PATH}` },
  });
  const after = image('check', root, '--skip', 'cloud-init');
  expect(pasted(after.stdout)).toBe('');
  expect(after.stdout).not.toContain('agent/');
  const lines = [before.stdout, said, after.stdout, image('uninstall', root).stdout].join('').split('\n');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

it('gives the options that it was given, in a root whose name a shell would take apart', () => {
  const root = join(temporaryRoot(), "a builder's root");
  plant(root, families[0]?.[1] ?? {});
  const { stdout } = image('check', root, '--skip', 'clean', '--skip', 'utc,agent');
  expect(pasted(stdout)).toMatch(/a builder'\\''s root' \\\n +--skip clean,utc,agent$/m);
});

it('finds a program that was cut off or removed, and mends it', () => {
  const root = temporaryRoot(families[0]?.[1]);
  image('install', root);
  const program = join(root, 'usr/lib/lx-agent/lx-agent');
  const check = () => image('check', root, '--only', 'agent');
  expect(check().status).toBe(0);
  truncateSync(program, 1_000_000);
  expect(check().stdout).toContain('/usr/lib/lx-agent/lx-agent is not the program that was installed');
  rmSync(program);
  expect(check().stdout).toContain('/usr/lib/lx-agent/lx-agent is missing');
  image('install', root);
  expect(check().status).toBe(0);
});
