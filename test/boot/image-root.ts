import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { layersFolder } from './installed.ts';

/**
 * Run a shell script on a root made of layers, `$1`; `folder` holds what it changes. Gives what it printed; throws
 * when a command of it fails.
 */
export function onRoot(
  layers: readonly string[],
  folder: string,
  script: string,
  environment: Readonly<Record<string, string>> = {},
): string {
  const lower = layers.map((layer) => join(layersFolder, layer)).join(':');
  return execFileSync(join(import.meta.dirname, 'install.sh'), [lower, folder, 'sh', '-euc', script, 'sh'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A folder for what a test, or a group of them, changes; gone when `finished` calls back. */
export function changesFolder(finished: (remove: () => void) => void = onTestFinished): string {
  mkdirSync(join(layersFolder, 'boots'), { recursive: true });
  const parent = mkdtempSync(join(layersFolder, 'boots', 'image-'));
  finished(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, 'files');
  mkdirSync(folder, { mode: 0o755 });
  return folder;
}
