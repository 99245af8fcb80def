import { describe, expect, it } from 'vitest';
import { openLedger } from '../../agent/system/ledger.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import type { Root } from '../../agent/system/root.ts';
import { RootError } from '../../agent/system/root-error.ts';
import { emptyState, type State, stateFolder, statePath, stateText } from '../../agent/system/state.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

/** A root whose disk fails at the first look at the state, and at no later one. */
function failingOnce(folder: string): Root {
  const root = openRoot(folder);
  let failed = false;
  return {
    ...root,
    readText(path, limit) {
      if (path !== statePath || failed) return root.readText(path, limit);
      failed = true;
      throw new RootError('read', path, 'EIO');
    },
  };
}

describe('a state that could not be read for one moment', () => {
  it('has lost nothing where there was none yet', async () => {
    const root = failingOnce(temporaryRoot());
    const warnings: string[] = [];
    const ledger = openLedger(root, undefined, (warning) => warnings.push(warning));
    expect(warnings.join()).toContain(statePath);
    expect(ledger.state.lost).toBeDefined();
    await ledger.record((state) => ({ ...state, instance: 'web' }));
    expect(ledger.state).toEqual({ ...emptyState, instance: 'web' });
    expect(root.list(stateFolder)).not.toContain('state.json.broken');
    expect(root.readText(statePath)).not.toContain('"lost"');
  });

  it('is the one that is there', async () => {
    const folder = temporaryRoot({
      [statePath]: stateText({ ...emptyState, files: { '/etc/hostname': 'a hash' } }),
    });
    const root = failingOnce(folder);
    const ledger = openLedger(root, undefined, () => undefined);
    await ledger.record((state) => ({ ...state, instance: 'web' }));
    expect(ledger.state.files).toEqual({ '/etc/hostname': 'a hash' });
    expect(root.list(stateFolder)).not.toContain('state.json.broken');
  });
});

/** A root that notes how its state is written, and whose disk is full for as long as `full` says. */
function watched(folder: string) {
  const root = openRoot(folder);
  const writes: (boolean | undefined)[] = [];
  const disk = { full: false };
  const watchedRoot: Root = {
    ...root,
    write(path, content, options) {
      if (disk.full) throw new RootError('write', path, 'ENOSPC');
      if (path === statePath) writes.push(options?.durable);
      return root.write(path, content, options);
    },
  };
  return { root: watchedRoot, writes, disk };
}

const ignore = () => undefined;
const named = (instance: string) => (state: State) => ({ ...state, instance });
const owning = (path: string) => (state: State) => ({
  ...state,
  files: { ...state.files, [path]: 'a hash' },
});

describe('a state on disk', () => {
  it('is private, in a folder that all may list', async () => {
    const root = openRoot(temporaryRoot());
    await openLedger(root, undefined, ignore).record(named('web'));
    expect(root.entry(statePath)).toMatchObject({ kind: 'file', mode: 0o600 });
    expect(root.entry(stateFolder)).toMatchObject({ kind: 'directory', mode: 0o755 });
    expect(openLedger(root, undefined, ignore).state.instance).toBe('web');
  });

  it('is not written where a change changes nothing', async () => {
    const { root, writes } = watched(temporaryRoot());
    const ledger = openLedger(root, undefined, ignore);
    await ledger.record((state) => state);
    expect(root.entry(statePath)).toBeUndefined();
    await ledger.record(named('web'));
    await ledger.record(named('web'));
    expect(writes).toEqual([false]);
  });

  it('outlives a power cut where that is asked for, and once for all changes at the end', async () => {
    const { root, writes } = watched(temporaryRoot());
    const ledger = openLedger(root, undefined, ignore);
    await ledger.record(named('web'), true);
    await ledger.settle();
    expect(writes).toEqual([true]);
    await ledger.record(named('db'));
    await ledger.settle();
    await ledger.settle();
    expect(writes).toEqual([true, false, true]);
  });

  it('is there after the first run, although nothing was recorded', async () => {
    const root = openRoot(temporaryRoot());
    await openLedger(root, undefined, ignore).settle();
    expect(root.readText(statePath)).toBe(stateText(emptyState));
  });

  it('has what two agents recorded at once', async () => {
    const root = openRoot(temporaryRoot());
    const [one, other] = [openLedger(root, undefined, ignore), openLedger(root, undefined, ignore)];
    await one.record(owning('/etc/hosts'));
    await other.record(owning('/etc/hostname'));
    expect(Object.keys(one.state.files)).toEqual(['/etc/hosts']);
    one.refresh();
    expect(Object.keys(one.state.files).sort()).toEqual(['/etc/hostname', '/etc/hosts']);
    expect(other.state).toEqual(one.state);
  });

  it('has a change that a full disk refused as soon as there is room', async () => {
    const { root, disk } = watched(temporaryRoot());
    const ledger = openLedger(root, undefined, ignore);
    disk.full = true;
    await expect(ledger.record(named('web'))).rejects.toThrow('/var/lib/lx-agent/state.json');
    expect(ledger.state.instance).toBe('web');
    disk.full = false;
    await openLedger(root, undefined, ignore).record(owning('/etc/hosts'));
    await ledger.record((state) => state);
    const { state } = openLedger(root, undefined, ignore);
    expect(state.instance).toBe('web');
    expect(Object.keys(state.files)).toEqual(['/etc/hosts']);
  });

  it('that is no record of ours is moved away and replaced', async () => {
    const root = openRoot(temporaryRoot({ [statePath]: 'scribble' }));
    const warnings: string[] = [];
    const ledger = openLedger(root, undefined, (warning) => warnings.push(warning));
    expect(warnings).toHaveLength(1);
    await ledger.record(named('web'));
    expect(root.readText(`${statePath}.broken`)).toBe('scribble');
    expect(openLedger(root, undefined, ignore).state.instance).toBe('web');
  });

  it('that another agent broke meanwhile does not lose what this one knows', async () => {
    const root = openRoot(temporaryRoot());
    const ledger = openLedger(root, undefined, ignore);
    await ledger.record(named('web'));
    root.write(statePath, 'scribble', { mode: 0o600 });
    ledger.refresh();
    expect(ledger.state.instance).toBe('web');
  });
});
