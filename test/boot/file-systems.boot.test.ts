import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { agentBinary } from '../support/built.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { layersFolder } from './installed.ts';

/** An image on a file system of its own, in memory. */
function imageOn(options: string): string {
  mkdirSync(layersFolder, { recursive: true });
  const root = mkdtempSync(join(layersFolder, 'fs-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', root]);
  onTestFinished(() => {
    execFileSync('umount', [root]);
    rmSync(root, { recursive: true });
  });
  mkdirSync(join(root, 'etc'));
  return root;
}

function install(root: string) {
  return spawnSync(agentBinary, ['image', 'install', '--root', root], { encoding: 'utf8' });
}

test('an image without room for the program is left as it was', () => {
  const root = imageOn('size=20m');
  const before = snapshot(root);
  const { status, stderr } = install(root);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^lx-agent: below \/.*: cannot write .*: no space left on the file system; .* \(ENOSPC\)\n?/,
  );
  expect(snapshot(root)).toEqual(before);
});

test('an image without room for the last small files is left as it was', () => {
  const root = imageOn('size=400m,nr_inodes=14');
  const before = snapshot(root);
  const { status, stderr } = install(root);
  expect(status).toBe(1);
  expect(stderr).toContain('no space left on the file system');
  expect(snapshot(root)).toEqual(before);
});

test('a read-only image is named as such', () => {
  const root = imageOn('size=20m');
  execFileSync('mount', ['-o', 'remount,ro', root]);
  const { status, stderr } = install(root);
  expect(status).toBe(1);
  expect(stderr).toContain('the file system is read-only; make it writable, then run again (EROFS)');
});
