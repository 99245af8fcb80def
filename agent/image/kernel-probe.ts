/**
 * What the generator asks the kernel. Each refusal sets one bit in the probe's exit status. Each question is the system
 * call that systemd makes for a directive, so the probe gets the same answer as systemd: prctl(2), clone(2) and
 * setns(2) say how Linux answers; illumos-joyent's `lx_prctl.c`, `clone.c` and `lx_syscall.c` say how a zone does
 * (docs/zone.md).
 */
export const refusals = {
  /** PR_SET_NO_NEW_PRIVS: EINVAL. */
  noNewPrivileges: 1,
  /** A process in its own mount namespace: EINVAL for every caller. (Linux answers EPERM without the privilege.) */
  mountNamespaces: 2,
  /** A process in its own user namespace: EINVAL. */
  userNamespaces: 4,
  /** To enter a namespace: ENOSYS. */
  setns: 8,
  /** PR_SET_TIMERSLACK: EINVAL. */
  timerSlack: 16,
} as const;

/** x86-64 numbers: asm/unistd_64.h, linux/prctl.h, linux/sched.h. */
const call = { clone: 56, exit: 60, prctl: 157, setns: 308 } as const;
const option = { setTimerSlack: 29, setNoNewPrivileges: 38 } as const;
const flag = { vm: 0x100, vfork: 0x4000, newMounts: 0x20000, newUsers: 0x10000000 } as const;
const errno = { EINVAL: 22, ENOSYS: 38 } as const;

/** The load address: the one that linkers use for programs that are not relocated. */
const base = 0x400000;
const [elfHeaderSize, programHeaderSize] = [64, 56];

/**
 * The probe: a static x86-64 ELF program of a few hundred bytes that asks the questions and exits with the bits of what
 * was refused. A shell cannot call prctl(2) or clone(2). Programs that can (setpriv, perl) are not in every image, and
 * the agent takes tens of milliseconds to start. The probe needs no C library and changes nothing but itself.
 */
export function kernelProbe(): Buffer {
  const code = Buffer.concat([
    instruction.clearAnswer,
    ask(call.prctl, [option.setTimerSlack, 50_000], errno.EINVAL, refusals.timerSlack),
    ask(call.setns, [0xffffffff, 0], errno.ENOSYS, refusals.setns),
    // The child shares our memory while we wait, and exits at once, so nothing is copied.
    ask(call.clone, [flag.vm | flag.vfork | flag.newMounts, 0], errno.EINVAL, refusals.mountNamespaces),
    ask(call.clone, [flag.vm | flag.vfork | flag.newUsers, 0], errno.EINVAL, refusals.userNamespaces),
    ask(call.prctl, [option.setNoNewPrivileges, 1], errno.EINVAL, refusals.noNewPrivileges),
    instruction.exitWithAnswer,
  ]);
  return Buffer.concat([headers(code.length), code]);
}

/** Machine code: Intel's Software Developer's Manual, volume 2. The answer is gathered in ebx. */
const instruction = {
  clearAnswer: Buffer.from([0x31, 0xdb]), // xor ebx, ebx
  syscall: Buffer.from([0x0f, 0x05]),
  exitWithAnswer: Buffer.from([0x89, 0xdf, 0xb8, call.exit, 0, 0, 0, 0x0f, 0x05]), // mov edi, ebx; mov eax, exit; syscall
  exitInChild: Buffer.from([
    ...[0x85, 0xc0, 0x75, 0x09], // test eax, eax; jne over the rest
    ...[0x31, 0xff, 0xb8, call.exit, 0, 0, 0, 0x0f, 0x05], // xor edi, edi; mov eax, exit; syscall
  ]),
} as const;

/** Make a system call with two arguments and zeros for the rest; set the bit if the call fails with the given error. */
function ask(number: number, [first, second]: [number, number], error: number, bit: number): Buffer {
  return Buffer.concat([
    withOperand([0xbf], first), // mov edi, first
    withOperand([0xbe], second), // mov esi, second
    Buffer.from([0x31, 0xd2, 0x45, 0x31, 0xd2, 0x45, 0x31, 0xc0]), // xor edx, edx; xor r10d, r10d; xor r8d, r8d
    withOperand([0xb8], number), // mov eax, number
    instruction.syscall,
    number === call.clone ? instruction.exitInChild : Buffer.alloc(0),
    withOperand([0x3d], -error), // cmp eax, -error
    Buffer.from([0x75, 0x06]), // jne over the next
    withOperand([0x81, 0xcb], bit), // or ebx, bit
  ]);
}

function withOperand(operation: readonly number[], value: number): Buffer {
  const operand = Buffer.alloc(4);
  operand.writeUInt32LE(value >>> 0);
  return Buffer.concat([Buffer.from(operation), operand]);
}

/** elf(5): a header, one segment that is the whole file, readable and executable, and a stack that is not. */
function headers(codeSize: number): Buffer {
  const start = elfHeaderSize + 2 * programHeaderSize;
  const size = start + codeSize;
  const elf = Buffer.alloc(elfHeaderSize);
  // The magic number; 64-bit, little-endian, version 1.
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  elf.writeUInt16LE(2, 16); // an executable
  elf.writeUInt16LE(62, 18); // x86-64
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(BigInt(base + start), 24); // where it begins
  elf.writeBigUInt64LE(BigInt(elfHeaderSize), 32); // where the program headers are
  elf.writeUInt16LE(elfHeaderSize, 52);
  elf.writeUInt16LE(programHeaderSize, 54);
  elf.writeUInt16LE(2, 56);
  elf.writeUInt16LE(64, 58); // the size of a section header; there are none
  const segment = Buffer.alloc(programHeaderSize);
  segment.writeUInt32LE(1, 0); // PT_LOAD
  segment.writeUInt32LE(5, 4); // readable, executable
  segment.writeBigUInt64LE(BigInt(base), 16);
  segment.writeBigUInt64LE(BigInt(base), 24);
  segment.writeBigUInt64LE(BigInt(size), 32);
  segment.writeBigUInt64LE(BigInt(size), 40);
  segment.writeBigUInt64LE(0x1000n, 48);
  const stack = Buffer.alloc(programHeaderSize);
  stack.writeUInt32LE(0x6474e551, 0); // PT_GNU_STACK
  stack.writeUInt32LE(6, 4); // readable, writable
  return Buffer.concat([elf, segment, stack]);
}
