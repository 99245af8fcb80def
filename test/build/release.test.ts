import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageDescription, repository } from '../../build/bundle.ts';
import { changesOf } from '../../build/release/changelog.ts';
import { differences } from '../../build/release/compare.ts';
import { digestsOf, sumsText } from '../../build/release/digests.ts';
import { readReleaseOptions } from '../../build/release/options.ts';
import { provenance } from '../../build/release/provenance.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lx-agent-release-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files. */
function lay(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

describe('the changelog', () => {
  const text = '# Changes\n\n## 1.10.0\n\n- ten\n\n## 1.1.0 (2026-01-02)\n\n- one\n- more\n\n## 1.0.0\n';

  it('has the changes of a version under its heading', () => {
    expect(changesOf(text, '1.1.0')).toBe('- one\n- more');
    expect(changesOf(text, '1.10.0')).toBe('- ten');
  });

  it('has nothing for a version without a section, or with an empty one', () => {
    expect(changesOf(text, '1.1')).toBeUndefined();
    expect(changesOf(text, '1.0.0')).toBeUndefined();
  });

  it('of this repository has the changes of the version in package.json', () => {
    const { version } = packageDescription();
    expect(changesOf(readFileSync(join(repository, 'CHANGELOG.md'), 'utf8'), version)).toMatch(/^- /m);
  });
});

describe('two builds of one commit', () => {
  it('are the same when each file is', () => {
    expect(differences(lay('a', { x: '1', y: '2' }), lay('b', { x: '1', y: '2' }))).toEqual([]);
  });

  it('differ in what is not the same, and in what only one of them has', () => {
    const one = lay('a', { same: '1', changed: '2', lost: '3' });
    const other = lay('b', { same: '1', changed: '4', added: '5' });
    expect(differences(one, other)).toEqual(['added', 'changed', 'lost']);
  });
});

describe('what is published', () => {
  it('has checksums as sha256sum prints them', () => {
    // The digest of "abc" is from FIPS 180-2, appendix B.1.
    expect(sumsText(digestsOf(lay('a', { 'x.deb': 'abc' })))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  x.deb\n',
    );
  });

  it('has a statement of where it comes from', async () => {
    const digests = [
      { name: 'lx-agent_1.2.3_amd64.deb', sha256: 'ab'.repeat(32) },
      { name: 'lx-agent-1.2.3.spdx.json', sha256: 'cd'.repeat(32) },
    ];
    await expect(provenance({ version: '1.2.3', commit: 'ef'.repeat(20) }, digests)).toMatchFileSnapshot(
      'golden/provenance.json',
    );
  });
});

describe('the command line of a release', () => {
  it.each([
    [[], { boot: true, untagged: false }],
    [['--no-boot', '--untagged'], { boot: false, untagged: true }],
    [['--gpg', 'ABCD'], { boot: true, untagged: false, key: { program: 'gpg', key: 'ABCD' } }],
    [['--minisign', 'k.key'], { boot: true, untagged: false, key: { program: 'minisign', key: 'k.key' } }],
    [['-h'], 'help'],
  ])('%j', (args, options) => {
    expect(readReleaseOptions(args)).toEqual(options);
  });

  it('refuses two keys, and options that are none', () => {
    expect(readReleaseOptions(['--gpg', 'A', '--minisign', 'B'])).toEqual({
      fault: 'give one key, --gpg or --minisign',
    });
    expect(readReleaseOptions(['--sign'])).toMatchObject({ fault: expect.stringContaining("'--sign'") });
  });
});
