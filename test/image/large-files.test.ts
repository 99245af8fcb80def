import { copyFileSync, lstatSync, readFileSync, readlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Source } from '../../agent/image/install.ts';
import { imageCommand, testSource } from '../support/image.ts';
import { debianSystemd } from '../support/roots/debian.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { plant, temporaryRoot } from '../support/temporary-root.ts';

/** More than the agent reads of any file, in bytes; the file is sparse. */
const size = 20 * 1024 * 1024;

function largeSource(version: string): Source {
  const source = testSource(version);
  truncateSync(source.program, size);
  return source;
}

const program = (root: string) => join(root, 'usr/lib/lx-agent/lx-agent');
const kept = (root: string) =>
  Object.keys(snapshot(root)).filter((path) => path.startsWith('/var/lib/lx-agent/image-backup'));

describe('a program larger than what is read of a file', () => {
  it('is upgraded and downgraded, which is said, and no copy of the old one stays', async () => {
    const root = temporaryRoot(debianSystemd);
    const before = snapshot(root);
    await imageCommand(['install', '--root', root], largeSource('0.1.0 (aaaaaaa)'));
    const later = largeSource('0.2.0 (bbbbbbb)');
    const upgraded = await imageCommand(['install', '--root', root], later);
    expect(upgraded.stdout).toContain('replaces: lx-agent 0.1.0 (aaaaaaa) (upgrade)\n');
    expect(readFileSync(program(root)).equals(readFileSync(later.program))).toBe(true);
    const downgraded = await imageCommand(['install', '--root', root], largeSource('0.1.0 (aaaaaaa)'));
    expect(downgraded.stdout).toContain('replaces: lx-agent 0.2.0 (bbbbbbb) (downgrade)\n');
    expect(kept(root)).toEqual([]);
    await imageCommand(['uninstall', '--root', root]);
    expect(snapshot(root)).toEqual(before);
  });

  it('is moved from where a Dockerfile copied it, the place of its command', async () => {
    for (const runtime of ['system', 'private']) {
      const root = temporaryRoot({ ...debianSystemd, '/usr/bin/sh': '' });
      const source = largeSource('0.1.0 (aaaaaaa)');
      // More than a plain build has (build/passes/passes.ts).
      truncateSync(source.program, 150 * 1024 * 1024);
      const copied = join(root, 'usr/bin/lx-agent');
      copyFileSync(source.program, copied);
      await imageCommand(['install', '--root', root, '--runtime', runtime], { ...source, program: copied });
      expect(readFileSync(program(root)).equals(readFileSync(source.program))).toBe(true);
      if (runtime === 'system') expect(readlinkSync(copied)).toBe('../lib/lx-agent/lx-agent');
      else expect(readFileSync(copied, 'utf8')).toMatch(/^#!\/bin\/sh\nexec /);
      expect(kept(root)).toEqual([]);
      await imageCommand(['uninstall', '--root', root]);
      expect(lstatSync(copied, { throwIfNoEntry: false })).toBeUndefined();
    }
  });

  it('is put back by an uninstall where it was there before the first installation', async () => {
    const root = temporaryRoot({ ...debianSystemd, '/usr/lib/lx-agent/lx-agent': "a package's" });
    truncateSync(program(root), size);
    const before = snapshot(root);
    await imageCommand(['install', '--root', root], largeSource('0.1.0 (aaaaaaa)'));
    await imageCommand(['uninstall', '--root', root]);
    expect(snapshot(root)).toEqual(before);
  });

  it('stays whole when an installation over it fails', async () => {
    const root = temporaryRoot({ ...debianSystemd, '/usr/bin/sh': '' });
    const source = largeSource('0.1.0 (aaaaaaa)');
    const copied = join(root, 'usr/bin/lx-agent');
    copyFileSync(source.program, copied);
    plant(root, { '/usr/sbin/mdata-put/occupied': '' });
    const before = snapshot(root);
    await expect(imageCommand(['install', '--root', root], { ...source, program: copied })).rejects.toThrow(
      '/usr/sbin/mdata-put',
    );
    expect(snapshot(root)).toEqual(before);
  });
});

it('prepare empties a sparse lastlog of 200 MB', async () => {
  const root = temporaryRoot({ ...debianSystemd, '/var/log/lastlog': 'x' });
  truncateSync(join(root, 'var/log/lastlog'), 200_000_000);
  const { exit, stderr } = await imageCommand(['prepare', '--root', root]);
  expect([exit, stderr]).toEqual([0, '']);
  expect(lstatSync(join(root, 'var/log/lastlog')).size).toBe(0);
});
