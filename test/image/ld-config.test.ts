import { describe, expect, it } from 'vitest';
import { ldConfig } from '../../agent/image/ld-config.ts';

/** As rtc.h lays them out: words at these offsets from the header, strings at offsets from it. */
function read(bits: 32 | 64) {
  const file = ldConfig(bits);
  const head = file.subarray(16);
  const text = (offset: number) => head.toString('latin1', offset, head.indexOf(0, offset));
  return {
    identification: file.subarray(0, 16).toString('hex'),
    version: head.readUInt32LE(0),
    flags: head.readUInt32LE(4),
    library: text(head.readUInt32LE(36)),
    secure: text(head.readUInt32LE(44)),
    length: file.length % 4,
  };
}

describe('the configuration of the illumos runtime linker', () => {
  it('leads 32-bit programs below /native', () => {
    expect(read(32)).toEqual({
      identification: '3f524c43010103000000000000000000',
      version: 4,
      flags: 0x8,
      library: '/native/lib:/native/usr/lib',
      secure: '/native/lib/secure:/native/usr/lib/secure',
      length: 0,
    });
  });

  it('leads 64-bit programs below /native', () => {
    expect(read(64)).toEqual({
      identification: '3f524c4302013e000000000000000000',
      version: 4,
      flags: 0xc,
      library: '/native/lib/64:/native/usr/lib/64',
      secure: '/native/lib/secure/64:/native/usr/lib/secure/64',
      length: 0,
    });
  });
});
