import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildApk } from '../../build/package/apk.ts';
import { readApk } from '../support/apk.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

// apk-tools is to be had on Alpine alone; what it would refuse is refused by the reader.

const description = {
  name: 'tool',
  version: '1.2.3',
  summary: 'a tool for tests',
  description: ['A tool.'],
  license: 'MPL-2.0',
  maintainer: 'Somebody <somebody@example.org>',
  homepage: 'https://example.org',
  files: [
    { from: { text: 'program' }, to: '/usr/lib/tool/tool', mode: 0o755 },
    { from: { text: '' }, to: '/etc/tool.ini', mode: 0o644, configuration: true },
    { from: { text: 'x'.repeat(1025) }, to: '/usr/share/doc/tool/copyright', mode: 0o644 },
  ],
  systemdFiles: [],
  alpineFiles: [],
  scripts: { installed: 'tool install', removing: 'tool uninstall' },
};

function built(): Buffer {
  // What compresses the published package is no part of Node.js; its reader is the same.
  return readFileSync(buildApk(description, temporaryRoot(), gzipSync));
}

describe('an .apk', () => {
  it('says what it is', () => {
    expect(readApk(built()).information).toEqual({
      pkgname: 'tool',
      pkgver: '1.2.3-r0',
      pkgdesc: 'a tool for tests',
      url: 'https://example.org',
      builddate: expect.stringMatching(/^\d{10}$/),
      packager: 'Somebody <somebody@example.org>',
      size: '1032',
      arch: 'x86_64',
      origin: 'tool',
      license: 'MPL-2.0',
      datahash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('holds its files, owned by root, each folder once and before what is in it', () => {
    const { files } = readApk(built());
    expect(
      files.map(({ path, mode, uid, gid, content }) => [path, mode.toString(8), uid, gid, content.length]),
    ).toEqual([
      ['etc', '755', 0, 0, 0],
      ['etc/tool.ini', '644', 0, 0, 0],
      ['usr', '755', 0, 0, 0],
      ['usr/lib', '755', 0, 0, 0],
      ['usr/lib/tool', '755', 0, 0, 0],
      ['usr/lib/tool/tool', '755', 0, 0, 7],
      ['usr/share', '755', 0, 0, 0],
      ['usr/share/doc', '755', 0, 0, 0],
      ['usr/share/doc/tool', '755', 0, 0, 0],
      ['usr/share/doc/tool/copyright', '644', 0, 0, 1025],
    ]);
  });

  it('runs the same install code when it is installed, upgraded and removed', () => {
    const { scripts } = readApk(built());
    const text = (name: string) => scripts.get(name)?.content.toString();
    expect([...scripts.keys()]).toEqual(['.post-install', '.post-upgrade', '.pre-deinstall']);
    expect(text('.post-install')).toBe('#!/bin/sh\ntool install > /dev/null\n');
    expect(text('.post-upgrade')).toBe(text('.post-install'));
    expect(text('.pre-deinstall')).toBe('#!/bin/sh\ntool uninstall > /dev/null\n');
  });
});

describe('the reader of packages', () => {
  it('refuses one that is cut off, has more behind it, or other data', () => {
    const bytes = built();
    expect(() => readApk(bytes.subarray(0, -1))).toThrow();
    expect(() => readApk(Buffer.concat([bytes, gzipSync('')]))).toThrow('nothing behind them');
    const other = gunzipSync(bytes);
    expect(() => readApk(gzipSync(other))).toThrow();
  });
});
