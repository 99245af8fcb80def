import { closeSync, openSync, readSync } from 'node:fs';

/** e_machine of elf(5) for the one processor that the agent is built for. */
export const x86_64 = 62;

const names: Readonly<Record<number, string>> = {
  3: 'i386',
  8: 'mips',
  20: 'powerpc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  [x86_64]: 'x86_64',
  183: 'aarch64',
  243: 'riscv',
  258: 'loongarch',
};

/** A processor as distributions name it. */
export function machineName(machine: number): string {
  return names[machine] ?? `machine ${machine}`;
}

/** e_machine from the first bytes of an ELF file, read in the file's byte order; undefined for any other file. */
export function machineOf(content: Buffer | undefined): number | undefined {
  if (content === undefined || content.length < 20 || content.readUInt32BE(0) !== 0x7f454c46)
    return undefined;
  return content[5] === 2 ? content.readUInt16BE(18) : content.readUInt16LE(18);
}

/** The same for a file that is too large to read whole. */
export function machineOfFile(path: string): number | undefined {
  const descriptor = openSync(path, 'r');
  try {
    const head = Buffer.alloc(20);
    return machineOf(head.subarray(0, readSync(descriptor, head, 0, head.length, 0)));
  } finally {
    closeSync(descriptor);
  }
}
