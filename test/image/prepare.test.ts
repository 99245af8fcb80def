import { describe, expect, it } from 'vitest';
import { isOpen, planPreparation, prepare, readImage, selectRules } from '../../agent/image/prepare.ts';
import { rules } from '../../agent/image/rules/all.ts';
import { openRoot } from '../../agent/system/open-root.ts';
import { imageCommand } from '../support/image.ts';
import { families } from '../support/roots/families.ts';
import { snapshot } from '../support/roots/snapshot.ts';
import { temporaryRoot } from '../support/temporary-root.ts';

const version = '0.1.0 (test)';

async function prepared(path: string) {
  const root = openRoot(path);
  const failures = await prepare(root, planPreparation(readImage(root), rules), version);
  return { root, failures };
}

describe.each(families)('%s', (name, tree) => {
  it('has something left before, and nothing after', async () => {
    const path = temporaryRoot(tree);
    expect(planPreparation(readImage(openRoot(path)), rules).filter(isOpen)).not.toEqual([]);
    const { root, failures } = await prepared(path);
    expect(failures).toEqual([]);
    expect(
      planPreparation(readImage(root), rules)
        .filter(isOpen)
        .map(({ rule }) => rule.id),
    ).toEqual([]);
  });

  it('gets these changes', async () => {
    const { stdout } = await imageCommand(['prepare', '--dry-run', '--root', temporaryRoot(tree)]);
    const golden = name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
    await expect(stdout).toMatchFileSnapshot(`golden/${golden}.diff`);
  });

  it('is not changed by preparing it again', async () => {
    const path = temporaryRoot(tree);
    await prepared(path);
    const once = snapshot(path);
    await prepared(path);
    expect(snapshot(path)).toEqual(once);
  });
});

it('names every rule once', () => {
  const ids = rules.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

it('selects by category and by rule', () => {
  expect(selectRules({ only: ['clean'], skip: ['logs'] }).map(({ id }) => id)).toEqual(
    rules.filter(({ category, id }) => category === 'clean' && id !== 'logs').map(({ id }) => id),
  );
});
