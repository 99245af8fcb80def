import { describe, expect, it } from 'vitest';
import { openLedger } from '../../agent/system/ledger.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import type { Root } from '../../agent/system/root.ts';
import { RootError } from '../../agent/system/root-error.ts';
import { emptyState, stateFolder, statePath, stateText } from '../../agent/system/state.ts';
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
