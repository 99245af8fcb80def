import type { ReadableRoot } from '../system/system.ts';
import { bytesIfPossible } from '../system/text-if-readable.ts';

/** Programs of which every image has at least one. */
const programs = ['/sbin/init', '/bin/sh', '/bin/busybox', '/usr/bin/env', '/bin/ls'];

/** e_machine of elf(5). The kernel of a zone runs programs of both of the first two. */
const runnable = new Set([62, 3]);
const names: Readonly<Record<number, string>> = {
  8: 'mips',
  20: 'powerpc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  183: 'aarch64',
  243: 'riscv',
  258: 'loongarch',
};

/** Throws when the programs in a root are for another processor than the agent: it could never start there. */
export function assertArchitecture(root: ReadableRoot): void {
  for (const path of programs) {
    // A path that cannot be read, or is no file, tells nothing; another program does.
    const machine = machineOf(bytesIfPossible(root, path));
    if (machine === undefined || runnable.has(machine)) continue;
    const name = names[machine] ?? `machine ${machine}`;
    throw new Error(
      `${root.path} is an image for ${name} (${path}); lx-agent runs on x86_64: use an image for that`,
    );
  }
}

/** e_machine of an ELF file, in the byte order that it names; undefined for any other file. */
function machineOf(content: Buffer | undefined): number | undefined {
  if (content === undefined || content.length < 20 || content.readUInt32BE(0) !== 0x7f454c46)
    return undefined;
  return content[5] === 2 ? content.readUInt16BE(18) : content.readUInt16LE(18);
}
