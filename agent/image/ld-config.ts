/** Where illumos programs find their libraries in an lx zone: the default and the trusted search path. */
const searchPaths = {
  32: ['/native/lib:/native/usr/lib', '/native/lib/secure:/native/usr/lib/secure'],
  64: ['/native/lib/64:/native/usr/lib/64', '/native/lib/secure/64:/native/usr/lib/secure/64'],
} as const;

/** ELF class, and machine (EM_386, EM_AMD64). */
const identity = { 32: [1, 3], 64: [2, 62] } as const;
const littleEndian = 1;
const formatVersion = 4;
const flags = { 32: 0x8, 64: 0x8 | 0x4 } as const;

/**
 * A runtime linker configuration as crle(1) makes it with `-l` and `-s` alone: 16 bytes of identification, a header
 * whose offsets count from its own start, and the two strings. The layouts are those of illumos'
 * `usr/src/common/sgsrtcid/sgsrtcid.h` and `usr/src/cmd/sgs/include/rtc.h`; the header is 80 bytes long for i386 and
 * 88 for amd64, where its 64-bit members are aligned to 8.
 */
export function ldConfig(bits: 32 | 64): Buffer {
  const [library, secure] = searchPaths[bits];
  const strings = Buffer.from(`${library}\0${secure}\0`);
  const headerSize = bits === 32 ? 80 : 88;
  const header = Buffer.alloc(headerSize);
  header.writeUInt32LE(formatVersion, 0);
  header.writeUInt32LE(flags[bits], 4);
  header.writeUInt32LE(headerSize, 24);
  header.writeUInt32LE(headerSize, 36);
  header.writeUInt32LE(headerSize + library.length + 1, 44);
  const [elfClass, machine] = identity[bits];
  const identification = Buffer.alloc(16);
  identification.set([...Buffer.from('?RLC'), elfClass, littleEndian, machine]);
  const padding = Buffer.alloc((4 - (strings.length % 4)) % 4);
  return Buffer.concat([identification, header, strings, padding]);
}
