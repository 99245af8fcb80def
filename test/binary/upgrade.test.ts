import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const program = 'usr/lib/lx-agent/lx-agent';

/** Another build of the program, which works: bytes after the end of an ELF file change nothing. */
function otherBuild(): string {
  const path = join(temporaryRoot(), 'lx-agent');
  copyFileSync(agentBinary, path);
  writeFileSync(path, 'another build', { flag: 'a' });
  return path;
}

const install = (binary: string, root: string, ...more: string[]) =>
  execFileSync(binary, ['image', 'install', '--root', root, ...more], { encoding: 'utf8' });
const isSame = (one: string, other: string) => readFileSync(one).equals(readFileSync(other));
const largeFiles = (root: string) =>
  execFileSync('find', [root, '-type', 'f', '-size', '+16M', '-printf', '/%P\n'], { encoding: 'utf8' })
    .trim()
    .split('\n');

it('replaces a program of other bytes, there and back, and keeps no second copy of it', () => {
  const root = temporaryRoot(debianSystemd);
  const before = snapshot(root);
  const other = otherBuild();
  for (const [binary, ...more] of [[agentBinary], [other], [agentBinary, '--force']] as const) {
    install(binary, root, ...more);
    expect(isSame(join(root, program), binary)).toBe(true);
    expect(largeFiles(root)).toEqual([`/${program}`]);
  }
  execFileSync(other, ['image', 'uninstall', '--root', root]);
  expect(snapshot(root)).toEqual(before);
});

it('repairs a program that was cut off', () => {
  const root = temporaryRoot(debianSystemd);
  install(agentBinary, root);
  truncateSync(join(root, program), 0);
  expect(install(agentBinary, root)).toMatch(/^installed: /);
  expect(isSame(join(root, program), agentBinary)).toBe(true);
});

it('moves a program that a Dockerfile copied to the place of its command', () => {
  for (const runtime of ['system', 'private']) {
    const root = temporaryRoot({ ...debianSystemd, '/usr/bin/sh': '' });
    const copied = join(root, 'usr/bin/lx-agent');
    cpSync(agentBinary, copied);
    install(copied, root, '--runtime', runtime);
    expect(isSame(join(root, program), agentBinary)).toBe(true);
    expect(largeFiles(root)).toEqual([`/${program}`]);
    if (runtime === 'system') expect(readlinkSync(copied)).toBe('../lib/lx-agent/lx-agent');
    else expect(readFileSync(copied, 'utf8')).toMatch(/^#!\/bin\/sh\nexec /);

    // The next image copies a later program over the command of the first.
    execFileSync('rm', [copied]);
    const other = otherBuild();
    cpSync(other, copied);
    install(copied, root, '--runtime', runtime);
    expect(isSame(join(root, program), other)).toBe(true);
    expect(largeFiles(root)).toEqual([`/${program}`]);
    expect(lstatSync(copied).size).toBeLessThan(1000);
    execFileSync(agentBinary, ['image', 'uninstall', '--root', root]);
    expect(lstatSync(copied, { throwIfNoEntry: false })).toBeUndefined();
  }
});

it("puts back another package's program that lay at its place", () => {
  const root = temporaryRoot(debianSystemd);
  const other = otherBuild();
  execFileSync('install', ['-D', other, join(root, program)]);
  install(agentBinary, root);
  expect(isSame(join(root, program), agentBinary)).toBe(true);
  execFileSync(agentBinary, ['image', 'uninstall', '--root', root]);
  expect(isSame(join(root, program), other)).toBe(true);
});

it('leaves everything as it was when an upgrade fails', () => {
  const root = temporaryRoot({ ...debianSystemd, '/usr/bin/sh': '' });
  const copied = join(root, 'usr/bin/lx-agent');
  cpSync(agentBinary, copied);
  execFileSync('install', ['-D', '/dev/null', join(root, 'usr/sbin/mdata-put/occupied')]);
  const before = snapshot(root);
  expect(() =>
    execFileSync(copied, ['image', 'install', '--root', root], { stdio: ['ignore', 'ignore', 'pipe'] }),
  ).toThrow('mdata-put');
  expect(snapshot(root)).toEqual(before);
});
