import type { ReadableRoot } from '../system/system.ts';
import { bytesIfPossible } from '../system/text-if-readable.ts';
import { machineName, machineOf, x86_64 } from './elf-header.ts';

/** Programs of which every image has at least one. */
const programs = ['/sbin/init', '/bin/sh', '/bin/busybox', '/usr/bin/env', '/bin/ls'];

/** The processors whose programs a zone's kernel runs; 3 is i386. */
const runnable = new Set([x86_64, 3]);

/** Throws if the programs in a root are for another processor than the agent, which could never start there. */
export function assertArchitecture(root: ReadableRoot): void {
  for (const path of programs) {
    // Skip a path that cannot be read or is not a file.
    const machine = machineOf(bytesIfPossible(root, path));
    if (machine === undefined || runnable.has(machine)) continue;
    throw new Error(
      `${root.path} is an image for ${machineName(machine)} (${path}); lx-agent runs only on x86_64: use an image for x86_64`,
    );
  }
}
