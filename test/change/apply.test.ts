import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply, Interrupted } from '../../agent/change/apply.ts';
import type { Change } from '../../agent/change/change.ts';
import { settle } from '../../agent/change/settle.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { liveRoot } from '../steps/fixture.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';
import { tellToStopOnceItListens } from '../support/told-to-stop.ts';

const why = 'a test wants it';
const file = { kind: 'file', mode: 0o644, claim: 'always', why } as const;

/** Apply a change to a root as the engine does, and give what is in the root afterwards. */
async function applied(change: Change, tree: Tree = {}, backup = false) {
  const path = temporaryRoot(tree);
  const root = openRoot(path);
  const [settled] = settle([change], root, emptyState);
  if (settled?.result !== 'wanted') throw new Error(`settled as ${settled?.result}`);
  await apply({ ...settled, backup }, root);
  expect(settle([change], root, emptyState)[0]?.result).toBe(
    change.kind === 'generated' ? 'wanted' : 'unchanged',
  );
  return snapshot(path);
}

describe('a change that was applied is not wanted again', () => {
  it('file, with the folders on its way', async () => {
    expect(await applied({ ...file, path: '/etc/a/b', content: 'text\n', mode: 0o600 })).toEqual({
      '/etc': 'directory 755',
      '/etc/a': 'directory 755',
      '/etc/a/b': 'file 600 text\n',
    });
  });

  it('file where a link was: the link goes, its target stays', async () => {
    const tree = { 'etc/name': '-> other', 'etc/other': 'theirs' };
    const after = await applied({ ...file, path: '/etc/name', content: 'ours' }, tree);
    expect(after).toMatchObject({ '/etc/name': 'file 644 ours' });
    expect(after['/etc/other']).toMatch(/theirs$/);
  });

  it('file that somebody edited: the edit is kept for root alone', async () => {
    const after = await applied(
      { ...file, path: '/etc/name', content: 'ours' },
      { 'etc/name': 'mine' },
      true,
    );
    expect(after['/etc/name']).toBe('file 644 ours');
    expect(after['/var/lib/lx-agent/backup']).toBe('directory 700');
    const backups = Object.entries(after).filter(([path]) =>
      path.startsWith('/var/lib/lx-agent/backup/etc_name.'),
    );
    expect(backups.map(([, what]) => what)).toEqual(['file 600 mine']);
  });

  it('link', async () => {
    const after = await applied({ kind: 'link', path: '/etc/x', target: '../y', why }, { 'etc/x': 'a file' });
    expect(after['/etc/x']).toBe('link ../y');
  });

  it('directory, whose mode is put right only where it must be exact', async () => {
    const directory = { kind: 'directory', path: '/a/b', mode: 0o700, why } as const;
    expect((await applied(directory))['/a/b']).toBe('directory 700');
    const path = temporaryRoot({ 'a/b': null });
    expect(settle([directory], openRoot(path), emptyState)[0]?.result).toBe('unchanged');
    expect((await applied({ ...directory, exact: true }, { 'a/b': null }))['/a/b']).toBe('directory 700');
  });

  it('absent, a whole directory only when told so', async () => {
    const absent = { kind: 'absent', path: '/a', why } as const;
    expect(await applied(absent, { a: 'x' })).toEqual({});
    expect(await applied({ ...absent, recursive: true }, { 'a/b/c': 'x' })).toEqual({});
    await expect(applied(absent, { 'a/b': 'x' })).rejects.toThrow('/a');
  });

  it('rename', async () => {
    const rename = { kind: 'rename', from: '/old', to: '/new', why } as const;
    expect(await applied(rename, { old: 'x', new: 'y' })).toEqual({
      '/new': expect.stringMatching(/^file \d+ x$/),
    });
  });
});

describe('a change that is applied', () => {
  const apply1 = (change: Change, path: string) => apply({ result: 'wanted', change }, openRoot(path));

  it('to a file of the kernel’s is written to it, not into its place', async () => {
    const path = temporaryRoot({ 'proc/x': 'before ' });
    const inode = statSync(join(path, 'proc/x')).ino;
    await apply1({ ...file, path: '/proc/x', content: 'after', inPlace: true }, path);
    expect(readFileSync(join(path, 'proc/x'), 'utf8')).toBe('before after');
    expect(statSync(join(path, 'proc/x')).ino).toBe(inode);
  });

  it('as a copy has the content and the mode that are wanted, and folders on its way', async () => {
    const from = join(temporaryRoot({ agent: 'program' }), 'agent');
    expect(await applied({ kind: 'copy', from, path: '/usr/lib/agent', mode: 0o755, why })).toEqual({
      '/usr': 'directory 755',
      '/usr/lib': 'directory 755',
      '/usr/lib/agent': 'file 755 program',
    });
  });

  it('to a folder that is there leaves its mode, unless it must be exact', async () => {
    const path = temporaryRoot({ a: null });
    chmodSync(join(path, 'a'), 0o755);
    const directory = { kind: 'directory', path: '/a', mode: 0o700, why } as const;
    await apply1(directory, path);
    expect(snapshot(path)).toEqual({ '/a': 'directory 755' });
    await apply1({ ...directory, exact: true }, path);
    expect(snapshot(path)).toEqual({ '/a': 'directory 700' });
  });

  it('below a link to a folder, and at the top of the root', async () => {
    const path = temporaryRoot({ etc: '-> real', real: null });
    await apply1({ ...file, path: '/etc/x', content: 'x' }, path);
    await apply1({ ...file, path: '/y', content: 'y' }, path);
    expect(snapshot(path)).toMatchObject({
      '/etc': 'link real',
      '/real/x': 'file 644 x',
      '/y': 'file 644 y',
    });
  });
});

describe('files that a program makes', () => {
  const generated = (script: string): Change => ({
    kind: 'generated',
    directory: '/keys',
    files: [
      { name: 'key', mode: 0o600 },
      { name: 'key.pub', mode: 0o644 },
    ],
    argv: ['/bin/sh', '-c', script],
    why,
  });

  it('come into place whole, with their modes, and nothing else does', async () => {
    const after = await applied(generated('umask 0; echo s >key; echo p >key.pub; echo x >more'), {
      keys: null,
    });
    expect(after).toEqual({
      '/keys': expect.stringMatching(/^directory/),
      '/keys/key': 'file 600 s\n',
      '/keys/key.pub': 'file 644 p\n',
    });
  });

  it.each([
    ['fails', 'echo s >key; echo no room >&2; exit 3', 'exit status 3: no room'],
    ['leaves an empty one', 'echo s >key; : >key.pub', 'left no key.pub'],
    ['leaves a link', 'ln -s /etc/hosts key; echo p >key.pub', 'left no key'],
  ])('where the program %s it is said, and nothing is left behind', async (_name, script, message) => {
    const path = temporaryRoot({ keys: null });
    const [settled] = settle([generated(script)], openRoot(path), emptyState);
    if (settled?.result !== 'wanted') throw new Error('not wanted');
    await expect(apply(settled, openRoot(path))).rejects.toThrow(message);
    const left = readdirSync(join(path, 'keys'));
    expect(left.filter((name) => name !== 'key')).toEqual([]);
  });
});

describe('a program run on the machine', () => {
  const command = (script: string, more: object = {}): Change => ({
    kind: 'command',
    argv: ['/bin/sh', '-c', script],
    deadline: 20,
    why,
    ...more,
  });
  const run = async (change: Change) => {
    const root = liveRoot(temporaryRoot());
    const [settled] = settle([change], root, emptyState);
    if (settled?.result !== 'wanted') throw new Error('not wanted');
    return await apply(settled, root);
  };

  it('gives way to another where it fails, and both are named where both fail', async () => {
    const folder = temporaryRoot();
    const other = (script: string) => ({ otherwise: ['/bin/sh', '-c', script] });
    await run(command('exit 2', other(`echo other >${folder}/first`)));
    await run(command('exit 0', other(`echo other >${folder}/second`)));
    expect(readdirSync(folder)).toEqual(['first']);
    await expect(run(command('echo refused >&2; exit 2', other('exit 7')))).rejects.toThrow(
      '/bin/sh: exit status 2: refused; /bin/sh: exit status 7',
    );
  });

  it('is never run for a root that is not the running system', async () => {
    const root = openRoot(temporaryRoot());
    const change = command('exit 0');
    expect(settle([change], root, emptyState)).toEqual([{ result: 'listed', change }]);
    await expect(apply({ result: 'wanted', change }, root)).rejects.toThrow('is not the running system');
  });

  it('fails with its last words, unless its status is accepted or it is a script with a record of its own', async () => {
    await expect(run(command('echo first; echo last >&2; exit 4'))).rejects.toThrow(
      '/bin/sh: exit status 4: last',
    );
    expect(await run(command('exit 4', { accept: [4] }))).toMatchObject({ ended: { status: 4 } });
    expect(await run(command('exit 4', { script: 'user-script' }))).toMatchObject({ ended: { status: 4 } });
  });

  it('leaves its output in the file for it, for root alone', async () => {
    const folder = temporaryRoot();
    mkdirSync(join(folder, 'log'));
    const output = join(folder, 'log/output');
    await run(command('echo said', { output }));
    expect(readFileSync(output, 'utf8')).toContain('said');
    expect(statSync(output).mode & 0o777).toBe(0o600);
  });

  it('runs in / with its own environment, and its process is told', async () => {
    const folder = temporaryRoot();
    const script = `pwd >${folder}/said; echo "$GREETING" >>${folder}/said; echo $$ >>${folder}/said`;
    const root = liveRoot(temporaryRoot());
    const pids: number[] = [];
    const change = command(script, { environment: { GREETING: 'hello' } });
    await apply({ result: 'wanted', change }, root, (pid) => pids.push(pid));
    expect(readFileSync(join(folder, 'said'), 'utf8')).toBe(`/\nhello\n${pids[0]}\n`);
  });

  it('has its command line before its output', async () => {
    const output = join(temporaryRoot(), 'output');
    await run(command('echo said', { output }));
    expect(readFileSync(output, 'utf8')).toMatch(/^\[lx-agent: .*Z: \/bin\/sh -c echo said\]\nsaid\n$/);
  });

  it.each([
    ['without a word', 'exit 3', {}, '/bin/sh: exit status 3'],
    ['by a signal', 'kill -KILL $$', { accept: [0] }, '/bin/sh: killed by SIGKILL'],
    ['at its deadline', 'exec sleep 20', { deadline: 0.3 }, '/bin/sh: ended at its deadline'],
  ])('that ended %s says so', async (_how, script, more, message) => {
    const failure = await run(command(script, more)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(Interrupted);
    expect(failure).toHaveProperty('message', message);
  });

  it('and gave way to another that fails too is no interruption', async () => {
    const other = { otherwise: ['/bin/sh', '-c', 'exit 7'] };
    const failure = await run(command('exit 2', other)).catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(Interrupted);
    expect(failure).toHaveProperty('message', '/bin/sh: exit status 2; /bin/sh: exit status 7');
  });

  it('gives way to nothing when the agent is told to stop', async () => {
    const folder = temporaryRoot();
    tellToStopOnceItListens();
    const other = { otherwise: ['/bin/sh', '-c', `echo x >${folder}/ran`] };
    const failure = await run(command('exec sleep 20', other)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'Interrupted',
      message: '/bin/sh: ended because the agent was told to stop',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that gave way to another is interrupted while that one runs', async () => {
    tellToStopOnceItListens();
    const other = { otherwise: ['/bin/sh', '-c', 'exec sleep 20'] };
    await expect(run(command('exit 2', other))).rejects.toThrow(
      /^\/bin\/sh: (exit status 2; \/bin\/sh: )?ended because the agent was told to stop$/,
    );
  });

  it('tells its end at a signal to the agent from a failure', async () => {
    tellToStopOnceItListens();
    await expect(run(command('sleep 20'))).rejects.toBeInstanceOf(Interrupted);
  });
});
