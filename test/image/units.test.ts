import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../../agent/change/apply.ts';
import type { Change } from '../../agent/change/change.ts';
import { settle } from '../../agent/change/settle.ts';
import { unitChanges } from '../../agent/image/units.ts';
import { detectInit } from '../../agent/system/init.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { emptyState } from '../../agent/system/state.ts';
import { skeletons } from '../support/root-skeletons.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

/** Enable the agent in a skeleton, and give what was done as lines for a person: `path -> target`, `path 0755`. */
async function enabled(path: string): Promise<string[]> {
  const root = openRoot(path);
  const changes = unitChanges(root, detectInit(root));
  for (const settled of settle(changes, root, emptyState)) {
    if (settled.result === 'wanted') await apply(settled, root);
  }
  return changes.map(describeChange);
}

function describeChange(change: Change): string {
  if (change.kind === 'link') return `${change.path} -> ${change.target}`;
  if (change.kind === 'file') return `${change.path} 0${change.mode.toString(8)}`;
  throw new Error(`a unit needs no ${change.kind}`);
}

describe('enabling both stages without running anything of the root', () => {
  it.each(Object.entries(skeletons))('%s', async (name, tree) => {
    const path = temporaryRoot(tree);
    const done = await enabled(path);
    await expect(`${done.join('\n')}\n`).toMatchFileSnapshot(
      `golden/units/${name.replaceAll(/\W+/g, '-')}.txt`,
    );
    for (const line of done) {
      const [file = ''] = line.split(' ');
      expect(openRoot(path).entry(file), file).toBeDefined();
    }
  });

  it.each(Object.entries(skeletons))('%s: a second time changes nothing', async (_, tree) => {
    const path = temporaryRoot(tree);
    await enabled(path);
    const root = openRoot(path);
    const again = settle(unitChanges(root, detectInit(root)), root, emptyState);
    expect(again.filter(({ result }) => result !== 'unchanged')).toEqual([]);
  });

  it('takes no shutdown command away from an image that has one', async () => {
    const path = temporaryRoot({ ...skeletons['BusyBox alone'], '/sbin/shutdown': '#!/bin/sh\n# its own\n' });
    await enabled(path);
    expect(readFileSync(join(path, 'sbin/shutdown'), 'utf8')).toBe('#!/bin/sh\n# its own\n');
  });

  it('keeps a line of rc.local where it was, with ours before it', async () => {
    const path = temporaryRoot({ '/etc/rc.local': '#!/bin/sh -e\n/opt/start\nexit 0\n' });
    await enabled(path);
    expect(readFileSync(join(path, 'etc/rc.local'), 'utf8')).toBe(
      '#!/bin/sh -e\n/usr/lib/lx-agent/boot\n/opt/start\nexit 0\n',
    );
  });
});
