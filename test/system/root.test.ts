import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRoot } from '../../agent/system/open-root.ts';
import { RootError } from '../../agent/system/root-error.ts';
import { plant, temporaryRoot } from '../support/temporary-root.ts';

describe('reading below a root', () => {
  it('lists a folder, not its parent, and through links inside the root', () => {
    const root = openRoot(temporaryRoot({ '/a/b/c': 'x', '/a/d': 'x', '/link': '-> /a/b' }));
    expect(root.list('/a/b')).toEqual(['c']);
    expect(root.list('/a')).toEqual(['b', 'd']);
    expect(root.list('/link')).toEqual(['c']);
    expect(root.list('/')).toEqual(['a', 'link']);
    expect(root.list('/a/d')).toEqual([]);
    expect(root.list('/none')).toEqual([]);
  });

  it('tells a file that is not there from one that cannot be read', () => {
    const root = openRoot(temporaryRoot({ '/etc': null }));
    expect(root.read('/etc/hostname')).toBeUndefined();
    expect(root.read('/no/such/folder')).toBeUndefined();
    expect(() => root.read('/etc')).toThrow(RootError);
  });

  it('follows an absolute link inside the root, not on the machine', () => {
    const root = openRoot(
      temporaryRoot({ '/etc/os-release': '-> /usr/lib/os-release', '/usr/lib/os-release': 'ID=inside\n' }),
    );
    expect(root.readText('/etc/os-release')).toBe('ID=inside\n');
  });

  it('ends every `..` of a link at the root', () => {
    const root = openRoot(temporaryRoot({ '/a/up': '-> ../../../../../etc', '/etc/hostname': 'inside\n' }));
    expect(root.readText('/a/up/hostname')).toBe('inside\n');
  });

  it('does not wait for a FIFO', () => {
    const directory = temporaryRoot({ '/etc': null });
    execFileSync('mkfifo', [join(directory, 'etc/hosts')]);
    expect(() => openRoot(directory).read('/etc/hosts')).toThrow('not a regular file');
  });

  it('reads no more than its limit', () => {
    const root = openRoot(temporaryRoot({ '/big': 'x'.repeat(2000) }));
    expect(() => root.read('/big', 1000)).toThrow('larger than 1000 bytes');
  });

  it('gives up on a loop of links', () => {
    const root = openRoot(temporaryRoot({ '/a': '-> b', '/b': '-> a' }));
    expect(() => root.read('/a')).toThrow('too many symbolic links');
    expect(() => root.write('/a/x', '', { mode: 0o644 })).toThrow('too many symbolic links');
  });
});

describe('writing below a root', () => {
  it('leaves the whole file with its mode, and no temporary one', () => {
    const directory = temporaryRoot({ '/etc': null });
    openRoot(directory).write('/etc/secret', 'content\n', { mode: 0o600 });
    expect(readFileSync(join(directory, 'etc/secret'), 'utf8')).toBe('content\n');
    expect(statSync(join(directory, 'etc/secret')).mode & 0o7777).toBe(0o600);
    expect(readdirSync(join(directory, 'etc'))).toEqual(['secret']);
  });

  it('replaces a link and leaves what it points to alone', () => {
    const directory = temporaryRoot({ '/etc/resolv.conf': '-> ../target', '/target': 'theirs' });
    openRoot(directory).write('/etc/resolv.conf', 'ours', { mode: 0o644 });
    expect(lstatSync(join(directory, 'etc/resolv.conf')).isFile()).toBe(true);
    expect(readFileSync(join(directory, 'target'), 'utf8')).toBe('theirs');
  });

  it('sweeps what a killed run left in the same folder', () => {
    const directory = temporaryRoot({
      '/etc/.lx-agent-4194305-0123456789abcdef': 'half',
      '/etc/.lx-agent-other': 'not ours',
    });
    openRoot(directory).write('/etc/hostname', 'web', { mode: 0o644 });
    expect(readdirSync(join(directory, 'etc')).sort()).toEqual(['.lx-agent-other', 'hostname']);
  });

  it('leaves the temporary file of an agent that runs, and the lock of one', () => {
    const running = process.ppid;
    const names = [
      `.lx-agent-${running}-0123456789abcdef`,
      `.lx-agent-${process.pid}-0123456789abcdef`,
      '.lx-agent-0-0123456789abcdef',
    ];
    const directory = temporaryRoot({
      [`/etc/${names[0]}`]: 'half',
      [`/etc/${names[1]}`]: 'half',
      [`/etc/${names[2]}/${running}-since`]: null,
      '/etc/.lx-agent-0-fedcba9876543210/4194305-since': null,
    });
    openRoot(directory).write('/etc/hostname', 'web', { mode: 0o644 });
    expect(readdirSync(join(directory, 'etc')).sort()).toEqual([...names, 'hostname'].sort());
  });

  it('appends to a log, and never through a link', () => {
    const directory = temporaryRoot({ '/log': 'first\n', '/link': '-> secret', '/secret': 'theirs\n' });
    const root = openRoot(directory);
    root.append('/log', 'second\n', 0o640);
    root.append('/new', 'first\n', 0o640);
    expect(readFileSync(join(directory, 'log'), 'utf8')).toBe('first\nsecond\n');
    expect(statSync(join(directory, 'new')).mode & 0o777).toBe(0o640);
    expect(() => root.append('/link', 'ours\n', 0o640)).toThrow(RootError);
    expect(readFileSync(join(directory, 'secret'), 'utf8')).toBe('theirs\n');
  });

  it('gives a file its owner before its mode, for a new owner takes set-user-ID bits away', () => {
    const directory = temporaryRoot({ '/program': 'x' });
    const root = openRoot(directory);
    // Only root may give files away; anyone else keeps them, with the mode.
    const owner = process.geteuid?.() === 0 ? { uid: 4711, gid: 4712 } : {};
    root.write('/written', 'x', { mode: 0o6755, ...owner });
    root.setAttributes('/program', { mode: 0o6755, ...owner });
    for (const name of ['written', 'program']) {
      const { mode, uid, gid } = statSync(join(directory, name));
      expect({ name, mode: mode & 0o7777 }).toEqual({ name, mode: 0o6755 });
      expect({ uid, gid }).toMatchObject(owner);
    }
  });

  it('names what failed, where, and what to do', () => {
    const root = openRoot(temporaryRoot({ '/etc/hosts': null }));
    expect(() => root.write('/etc/hosts', '', { mode: 0o644 })).toThrow(
      'cannot write /etc/hosts: there is a directory where a file should be',
    );
  });

  it('names the root itself where that is not there', () => {
    const root = openRoot(join(temporaryRoot({}), 'missing'));
    expect(() => root.makeDirectory('/etc/deep', { mode: 0o755 })).toThrow(
      'cannot enter the root of /etc: no such file or directory (ENOENT)',
    );
  });

  it('never leaves the root, whatever links the root holds', () => {
    const part = fc.constantFrom('a', 'b', 'c', '..', '.');
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const target = fc.oneof(
      path,
      path.map((text) => `/${text}`),
      fc.constant('OUTSIDE'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'a/b', 'b/c'), target), { maxLength: 5 }),
        path,
        (links, wanted) => {
          const outside = temporaryRoot({ '/inner': null });
          const directory = temporaryRoot();
          for (const [at, to] of links) {
            try {
              plant(directory, { [`/${at}`]: `-> ${to === 'OUTSIDE' ? outside : to}` });
            } catch {
              // One link of the drawn set is in the way of another: the rest is hostile enough.
            }
          }
          const before = readdirSync(outside);
          try {
            openRoot(directory).write(`/${wanted}/file`, 'x', { mode: 0o644 });
          } catch (error) {
            expect(error).toBeInstanceOf(RootError);
          }
          expect(readdirSync(outside)).toEqual(before);
          expect(existsSync(join(directory, '..', 'file'))).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('folders, links and removal', () => {
  it('makes missing parents and keeps the mode of the last', () => {
    const directory = temporaryRoot();
    openRoot(directory).makeDirectory('/root/.ssh', { mode: 0o700 });
    expect(statSync(join(directory, 'root/.ssh')).mode & 0o777).toBe(0o700);
  });

  it('removes a link, not what it points to', () => {
    const directory = temporaryRoot({ '/keep/file': 'x', '/gone': '-> keep' });
    openRoot(directory).remove('/gone', true);
    expect(existsSync(join(directory, 'keep/file'))).toBe(true);
    expect(existsSync(join(directory, 'gone'))).toBe(false);
  });

  it('removes nothing where nothing is', () => {
    const directory = temporaryRoot();
    openRoot(directory).remove('/no/such/file');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('shows nobody else its temporary folder', async () => {
    const root = openRoot(temporaryRoot({ '/etc/ssh': null }));
    await root.withTemporaryFolder('/etc/ssh', async (folder) => {
      expect(statSync(root.outside(folder)).mode & 0o777).toBe(0o700);
    });
  });

  it('removes its temporary folder even when its user fails', async () => {
    const directory = temporaryRoot({ '/etc/ssh': null });
    const root = openRoot(directory);
    await expect(
      root.withTemporaryFolder('/etc/ssh', async (folder) => {
        writeFileSync(join(root.outside(folder), 'key'), 'x');
        throw new Error('no key today');
      }),
    ).rejects.toThrow('no key today');
    expect(readdirSync(join(directory, 'etc/ssh'))).toEqual([]);
  });
});
