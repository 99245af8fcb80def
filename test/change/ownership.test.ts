import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../agent/change/change.ts';
import { runStep } from '../../agent/steps/run-step.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import type { State } from '../../agent/system/state.ts';
import { managedFile, why, workOn } from '../steps/fixture.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { type Tree, temporaryRoot } from '../support/temporary-root.ts';

const path = '/etc/managed';
const file = (content: string) => managedFile(path, content);
const link = (target: string): Change => ({ kind: 'link', path, target, why });
const isRoot = process.geteuid?.() === 0;

/** Run a step that wants one Change on a root, as the agent does. */
async function ran(change: Change, root: string, options: { force?: boolean; state?: State } = {}) {
  const work = workOn(openRoot(root), options.state === undefined ? {} : { state: options.state });
  const step = { name: 'trial', stage: 'early', summary: '', keys: [], plan: () => [change] } as const;
  const { outcome } = await runStep(step, work, { dryRun: false, force: options.force ?? false });
  const [only] = outcome.changes;
  return { result: only?.result, reason: only?.reason, state: work.ledger.state };
}

/** What a person may do to what the agent wrote. */
const edits: Readonly<Record<string, (at: string) => void>> = {
  'writes other content': (at) => replace(at, (there) => writeFileSync(there, 'theirs\n')),
  'links it to a file': (at) => replace(at, (there) => symlinkSync('other', there)),
  'links it to nothing': (at) => replace(at, (there) => symlinkSync('/nowhere', there)),
  'puts a FIFO there': (at) => replace(at, (there) => execFileSync('mkfifo', [there])),
  'puts a folder there': (at) => replace(at, (there) => mkdirSync(join(there, 'deep'), { recursive: true })),
};
const editsOfFile: typeof edits = {
  ...edits,
  'takes read permission from others': (at) => chmodSync(at, 0o600),
  'makes it executable': (at) => chmodSync(at, 0o755),
  ...(isRoot && { 'gives it to another user': (at: string) => chownSync(at, 4711, 4712) }),
};

function replace(at: string, put: (at: string) => void): void {
  rmSync(at, { recursive: true });
  put(at);
}

/** All of an entry that a person can see. */
function seen(root: string) {
  const { mode, uid, gid } = lstatSync(join(root, path));
  const inside = Object.entries(snapshot(root)).filter(([one]) => one === path || one.startsWith(`${path}/`));
  return { mode, uid, gid, inside };
}

function backups(root: string): Readonly<Record<string, string>> {
  const folder = join(root, 'var/lib/lx-agent/backup');
  return existsSync(folder) ? snapshot(folder) : {};
}

/** No Change asks for an owner here, so a file with another one is as wanted until its content is not. */
const ownerOnly = 'gives it to another user';
/** A folder cannot serve in a file's place, as a link or another file may: somebody has to look at it. */
const folderThere = 'puts a folder there';

const cases = [
  ...Object.keys(editsOfFile).map((edit) => ({ kind: 'file', make: file, edit })),
  ...Object.keys(edits).map((edit) => ({ kind: 'link', make: link, edit })),
];

describe.each(cases)('a managed $kind of which somebody $edit', ({ make, edit }) => {
  it.each(['first', 'second'])(
    'stays as it is when %s is wanted, and is taken over by force',
    async (next) => {
      const root = temporaryRoot({ 'etc/other': 'other content' });
      const { state, result } = await ran(make('first'), root);
      expect(result).toBe('changed');
      editsOfFile[edit]?.(join(root, path));
      const theirs = seen(root);

      const kept = await ran(make(next), root, { state });
      expect(seen(root)).toEqual(theirs);
      expect(kept.state).toEqual(state);
      if (edit === ownerOnly && next === 'first') {
        expect(kept.result).toBe('unchanged');
        return;
      }
      if (edit === folderThere)
        expect(kept).toMatchObject({ result: 'failed', reason: expect.stringContaining(path) });
      else expect(kept).toMatchObject({ result: 'kept', reason: 'edited by hand' });

      const forced = await ran(make(next), root, { state, force: true });
      expect(forced.result).toBe('changed');
      expect((await ran(make(next), root, { state: forced.state })).result).toBe('unchanged');
      const kind = theirs.inside[0]?.[1].replace(/^file \d+/, 'file 600');
      expect(Object.values(backups(root))).toContain(kind);
      expect(readFileSync(join(root, 'etc/other'), 'utf8')).toBe('other content');
    },
  );
});

describe('what is nobody’s edit', () => {
  it.each([
    ['a link that the image shipped is replaced by a file', file('x'), { 'etc/managed': '-> other' }],
    ['a link that the image shipped is replaced by a link', link('x'), { 'etc/managed': '-> other' }],
    ['a file that the image shipped is replaced by a link', link('x'), { 'etc/managed': 'shipped' }],
  ] as const)('%s', async (_name, change, tree: Tree) => {
    const root = temporaryRoot(tree);
    expect((await ran(change, root)).result).toBe('changed');
    expect(readdirSync(join(root, 'var/lib/lx-agent'))).not.toContain('backup');
  });

  it('a link that the agent made follows the metadata', async () => {
    const root = temporaryRoot();
    const { state } = await ran(link('first'), root);
    expect(state.files).toEqual({ [path]: 'link first' });
    expect((await ran(link('second'), root, { state })).result).toBe('changed');
    expect(snapshot(root)[path]).toBe('link second');
  });

  it('a file whose mode a new version of the agent wants otherwise', async () => {
    const root = temporaryRoot();
    const { state } = await ran({ ...file('x'), mode: 0o644 } as Change, root);
    expect((await ran({ ...file('x'), mode: 0o600 } as Change, root, { state })).result).toBe('changed');
    expect(snapshot(root)[path]).toBe('file 600 x');
  });

  it('a mode that an earlier version of the agent did not record', async () => {
    const root = temporaryRoot();
    const { modes, ...state } = (await ran(file('x'), root)).state;
    expect(modes).toEqual({ [path]: isRoot ? '0644 0:0' : '0644' });
    const next = await ran(file('x'), root, { state });
    expect(next.result).toBe('unchanged');
    expect(next.state.modes).toEqual(modes);
    chmodSync(join(root, path), 0o600);
    expect((await ran(file('x'), root, { state })).result).toBe('changed');
  });
});

describe('of a file that is everybody’s only our part changes', () => {
  const shared = {
    kind: 'file',
    path,
    content: 'theirs\nours\n',
    mode: 0o644,
    claim: 'shared',
    why,
  } as const;

  it('through a link, which stays', async () => {
    const root = temporaryRoot({ 'etc/managed': '-> ../srv/real', 'srv/real': 'theirs\n' });
    chmodSync(join(root, 'srv/real'), 0o640);
    expect((await ran(shared, root)).result).toBe('changed');
    expect(snapshot(root)).toMatchObject({
      [path]: 'link ../srv/real',
      '/srv/real': 'file 640 theirs\nours\n',
    });
    expect((await ran(shared, root)).result).toBe('unchanged');
  });

  it('in the root, also where the link is absolute', async () => {
    const root = temporaryRoot({ 'etc/managed': '-> /srv/real', 'srv/real': 'theirs\n' });
    expect((await ran(shared, root)).result).toBe('changed');
    expect(readFileSync(join(root, 'srv/real'), 'utf8')).toBe('theirs\nours\n');
  });

  it('and where the link leads to nothing, the file is made there', async () => {
    const root = temporaryRoot({ 'etc/managed': '-> gone' });
    expect((await ran(shared, root)).result).toBe('changed');
    expect(snapshot(root)).toMatchObject({ [path]: 'link gone', '/etc/gone': 'file 644 theirs\nours\n' });
  });
});

describe('what the agent is to remove', () => {
  const absent: Change = { kind: 'absent', path, claim: 'ours-until-edited', why };

  it.each([
    ['file', file('first')],
    ['link', link('first')],
  ])('is gone when it is the %s that the agent wrote', async (_kind, change) => {
    const root = temporaryRoot();
    const { state } = await ran(change, root);
    const gone = await ran(absent, root, { state });
    expect(gone.result).toBe('changed');
    expect(snapshot(root)[path]).toBeUndefined();
    expect(gone.state).toMatchObject({ files: {} });
    expect(gone.state.modes).toBeUndefined();
  });

  it.each(Object.keys(editsOfFile))(
    'stays when somebody %s, and goes by force with a backup',
    async (edit) => {
      const root = temporaryRoot();
      const { state } = await ran(file('first'), root);
      editsOfFile[edit]?.(join(root, path));
      const theirs = seen(root);
      expect(await ran(absent, root, { state })).toMatchObject({ result: 'kept', reason: 'edited by hand' });
      expect(seen(root)).toEqual(theirs);
      expect((await ran(absent, root, { state, force: true })).result).toBe('changed');
      expect(snapshot(root)[path]).toBeUndefined();
      expect(Object.keys(backups(root))).not.toEqual([]);
    },
  );
});

it('keeps every backup, also of the same path in the same second', async () => {
  const root = temporaryRoot();
  const { state } = await ran(file('first'), root);
  for (const theirs of ['one', 'two', 'three']) {
    writeFileSync(join(root, path), theirs);
    expect((await ran(file('first'), root, { state, force: true })).result).toBe('changed');
  }
  expect(Object.values(backups(root)).sort()).toEqual(['file 600 one', 'file 600 three', 'file 600 two']);
});

it('loses nothing of anybody’s, whatever people and the metadata do in turn', async () => {
  const action = fc.oneof(
    fc.record({ edit: fc.constantFrom(...Object.keys(editsOfFile)) }),
    fc.record({ want: fc.constantFrom('first', 'second'), link: fc.boolean(), force: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 2, maxLength: 8 }), async (actions) => {
      const root = temporaryRoot({ etc: null });
      const at = join(root, path);
      let state: State | undefined;
      /** What a person put there, since the agent wrote there last. */
      let theirs: ReturnType<typeof seen> | undefined;
      for (const one of actions) {
        if ('edit' in one) {
          if (lstatSync(at, { throwIfNoEntry: false })?.isFile() !== true) continue;
          const before = seen(root);
          editsOfFile[one.edit]?.(at);
          if (state !== undefined && JSON.stringify(seen(root)) !== JSON.stringify(before))
            theirs = seen(root);
          continue;
        }
        const kept = Object.keys(backups(root)).length;
        const change = one.link ? link(one.want) : file(one.want);
        const done = await ran(change, root, { force: one.force, ...(state && { state }) });
        ({ state } = done);
        if (theirs === undefined) expect(done.result).not.toBe('kept');
        else if (done.result === 'changed' && !one.force) throw new Error('taken over without --force');
        else if (done.result === 'changed') expect(Object.keys(backups(root)).length).toBeGreaterThan(kept);
        else expect(seen(root)).toEqual(theirs);
        if (done.result === 'changed') theirs = undefined;
      }
    }),
    { numRuns: 30 },
  );
});
